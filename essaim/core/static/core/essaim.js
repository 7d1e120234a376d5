/* What the pages gain when scripts run: dialogs, drafts that survive, no double sending, a word when
   the network is gone. Every page works without this file. */
(() => {
  const root = document;
  const find = (selector, from = root) => from.querySelectorAll(selector);
  const shelf = {
    key: (name) => `essaim-draft:${name}`,
    get: (name) => { try { return localStorage.getItem(shelf.key(name)); } catch { return null; } },
    put: (name, text) => {
      try {
        if (text) localStorage.setItem(shelf.key(name), text);
        else localStorage.removeItem(shelf.key(name));
      } catch { /* private window: nothing is kept, nothing breaks */ }
    },
  };

  /* Dialogs: the opener is a link to a page that asks the same thing. */
  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog")?.close();
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const dialog = root.getElementById(opener.dataset.dialog);
    if (!dialog?.showModal) return;
    event.preventDefault();
    dialog.showModal();
  });

  /* One press, one sending. The button is disabled after the browser has gathered the form. */
  const release = (from) => find("[data-sent]", from).forEach((button) => {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    delete button.dataset.sent;
  });
  root.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !event.target.matches("[method=post i], [hx-post]")) return;
    setTimeout(() => {
      if (event.defaultPrevented && !event.target.matches("[hx-post]")) return;
      button.disabled = true;
      button.dataset.sent = "";
      button.setAttribute("aria-busy", "true");
    });
  });
  window.addEventListener("pageshow", () => release(root));
  root.addEventListener("htmx:afterRequest", (event) => release(event.target));

  /* Drafts: what is being typed stays on this device until the server says that it has it. */
  root.addEventListener("input", (event) => {
    const { draft } = event.target.dataset;
    if (draft) shelf.put(draft, event.target.value);
    say(event.target);
  });
  const settle = (from) => {
    find("[data-draft-done]", from).forEach((sign) => shelf.put(sign.dataset.draftDone, ""));
    find("[data-draft]", from).forEach((area) => { area.value ||= shelf.get(area.dataset.draft) ?? ""; });
    find("[data-words]", from).forEach(say);
  };

  /* data-kept: an answer never covers what one is changing, nor what changed while it was on its way. */
  const asked = new WeakMap();
  const seen = (area) => [...find("input:not([type=hidden]), textarea, select", area)]
    .map((field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value)).join("\n");
  root.addEventListener("htmx:beforeRequest", (event) => {
    const { target } = event.detail;
    if (target?.matches("[data-kept]")) asked.set(target, seen(target));
  });
  root.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    if (!target?.matches("[data-kept]") || !asked.has(target)) return;
    if (target.contains(root.activeElement) || seen(target) !== asked.get(target)) event.detail.shouldSwap = false;
  });

  /* A slider speaks: data-words="rien|une heure par mois|…", one word or group for each step. */
  function say(slider) {
    const words = slider.dataset.words?.split("|");
    if (!words) return;
    const word = words[Math.round((slider.value - (slider.min || 0)) / (slider.step || 1))] ?? slider.value;
    let output = slider.nextElementSibling;
    if (output?.tagName !== "OUTPUT") slider.after(output = root.createElement("output"));
    output.textContent = word;
    slider.setAttribute("aria-valuetext", word);
  }

  /* A picture is shown before it is sent: data-preview="id" of what holds the portrait. */
  root.addEventListener("change", (event) => {
    const portrait = root.querySelector(`#${event.target.dataset.preview} .portrait`);
    const [file] = event.target.files ?? [];
    if (!portrait || !file?.type.startsWith("image/")) return;
    const reader = new FileReader();
    reader.onload = () => {
      const image = portrait.querySelector("img") ?? portrait.appendChild(new Image());
      image.alt = "";
      image.src = reader.result;
    };
    reader.readAsDataURL(file);
  });

  /* What went wrong is said once, at the foot of the window, until something goes right. */
  const show = (id, seen) => { const notice = root.getElementById(id); if (notice) notice.hidden = !seen; };
  const weather = () => show("offline", !navigator.onLine);
  ["online", "offline"].forEach((name) => window.addEventListener(name, weather));
  const dialogOf = (event) => event.detail.target?.closest("dialog");
  root.addEventListener("htmx:sendError", (event) => { show("offline", true); dialogOf(event)?.close(); });
  root.addEventListener("htmx:responseError", (event) => { show("broken", true); dialogOf(event)?.close(); });
  root.addEventListener("htmx:afterSwap", (event) => {
    ["offline", "broken"].forEach((id) => show(id, false));
    /* The page had nothing for a dialog (moved, refused): it is opened as a page. */
    if (dialogOf(event) && !event.detail.target.firstElementChild) location.assign(event.detail.pathInfo.requestPath);
  });

  settle(root);
  weather();
  root.addEventListener("htmx:load", (event) => settle(event.target));
  find("form[method=post] [aria-invalid=true]")[0]?.focus();
})();
