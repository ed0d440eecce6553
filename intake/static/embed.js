// Puts the enquiry form into a page: <script async src="https://enquiries.example.com/embed.js" data-condition="neck-pain"></script>
// Until the form is there, and wherever it can't be, there is a link to it.
(() => {
  "use strict";
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const words = {/* words */};
  const language = (script.dataset.language || document.documentElement.lang).toLowerCase().split("-")[0];
  const spoken = words[language] ? "/" + language : "";
  const said = words[language] || Object.values(words)[0];
  const condition = encodeURIComponent(script.dataset.condition || "");
  const link = document.createElement("a");
  link.href = origin + spoken + (condition ? "/enquiry/" + condition : spoken ? "" : "/");
  link.textContent = script.dataset.link || said.link;
  const frame = document.createElement("iframe");
  frame.src = origin + spoken + (condition ? "/embed/" + condition : "/embed");
  frame.title = script.dataset.title || said.title;
  // The margin keeps what comes into view clear of a header that stays on top of the website's page.
  frame.style.cssText = "display:block;width:100%;height:0;border:0;scroll-margin-top:min(6rem,20vh)";
  let shown = 0;
  window.addEventListener("message", (event) => {
    const height = event.data && event.data.frontdesk;
    if (event.origin !== origin || event.source !== frame.contentWindow || !(height > 0)) return;
    frame.style.height = Math.min(Math.ceil(height), 10000) + "px";
    link.hidden = true;
    // Another page came into the frame: its beginning is what to read next. "nearest" would do nothing where the frame is
    // higher than the window.
    if (!event.data.page || !shown++) return;
    frame.scrollIntoView({ block: "start" });
    frame.contentWindow.postMessage("frontdesk", origin);
  });
  script.after(link, frame);
})();
