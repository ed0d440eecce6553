// Shows the inbox anew when something in it has changed; without this script a reload does the same.
(() => {
  "use strict";
  const shown = document.querySelector("[data-pulse]").dataset.pulse;
  const search = document.getElementById("reference");
  // Whoever goes through the list by keyboard stands where they stood. No link to a patient's number is kept.
  const PLACE = "frontdesk-place";
  const placed = (one) => (one.matches("a[href^='/desk']") ? one.getAttribute("href") : one.id);
  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  const found = place && [...document.querySelectorAll("a, #reference")].find((one) => placed(one) === place);
  if (found) found.focus({ preventScroll: true });
  // What is being typed is not taken away; a cursor that was left in the field holds nothing up.
  const anew = () => {
    if (search.value !== search.defaultValue) return;
    sessionStorage.setItem(PLACE, placed(document.activeElement));
    // The answer to a search would be searched for once more.
    if (search.defaultValue) location.replace("/desk");
    else location.reload();
  };
  const listen = () => {
    const changes = new EventSource("/desk/changes");
    changes.addEventListener("message", (event) => event.data !== shown && anew());
    changes.addEventListener("error", () => changes.readyState === EventSource.CLOSED && setTimeout(look, 3000));
  };
  // A browser comes back by itself after a break, but not after another answer: the way to the login, or what a proxy
  // says for an intake that restarts. A list that stood still would look like one in which nothing comes in.
  const look = () =>
    fetch("/desk", { method: "HEAD", redirect: "manual" })
      .then((answer) => answer.type === "opaqueredirect" && anew(), () => {})
      .then(listen);
  listen();
})();
