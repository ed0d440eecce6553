// Shows the inbox anew when something in it has changed; without this script a reload does the same.
(() => {
  "use strict";
  const shown = document.querySelector("[data-pulse]").dataset.pulse;
  new EventSource("/desk/changes").addEventListener("message", (event) => {
    const search = document.activeElement && document.activeElement.matches("input");
    if (event.data !== shown && !search) location.reload();
  });
})();
