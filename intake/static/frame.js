// Tells the website how high the page in its frame is, and nothing else; what the website has brought into view gets the focus.
(() => {
  "use strict";
  if (window.parent === window) return;
  const root = document.documentElement;
  let page = true;
  const tell = () => {
    // Its scrollHeight is never below the height of the frame, which then could not shrink.
    window.parent.postMessage({ frontdesk: root.getBoundingClientRect().height, page }, "*");
    page = false;
  };
  new ResizeObserver(tell).observe(root);
  // In a frame of another origin browsers ignore "autofocus".
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data !== "frontdesk") return;
    const first = document.querySelector("#problems, h1");
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  });
})();
