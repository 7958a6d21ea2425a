// Locks a screen that is left alone: the server counts the same minutes, this only hides what is on the glass in time.
// Typing and clicking tell the server at most once a minute that somebody is here; what the page fetches itself does not.
(function () {
  const script = document.currentScript;
  const lock = Number(script.dataset.lockS) * 1000;
  const here = script.dataset.here;
  let last = Date.now();
  let told = Date.now();
  let warned = null;

  function token() {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }

  function active() {
    last = Date.now();
    if (warned) { warned.remove(); warned = null; }
    if (last - told < 60000 || !token()) return;
    told = last;
    fetch(here, { method: "POST", headers: { "X-CSRFToken": token() }, credentials: "same-origin", redirect: "manual" });
  }

  function look() {
    const quiet = Date.now() - last;
    if (quiet >= lock) { window.location.reload(); return; }
    if (quiet < lock - 60000 || warned) return;
    const template = document.getElementById("idle-warning");
    const main = document.querySelector("main");
    if (!template || !main) return;
    warned = document.createElement("div");
    main.prepend(warned);
    warned.append(template.content.cloneNode(true));
  }

  ["pointerdown", "keydown", "wheel", "touchstart"].forEach(function (kind) {
    document.addEventListener(kind, active, { passive: true });
  });
  window.setInterval(look, 5000);
})();
