/* The pages of a Buzz kept true while they are open: what happens is listened to (else asked for),
   what one does is sent now or, without a network, later and once. The pages work without this file. */
(() => {
  const stage = document.getElementById("buzz");
  if (!stage) return;
  const { page, me, buzz } = stage.dataset;
  const language = document.documentElement.lang === "en" ? "en" : "fr";
  const one = (selector, from = stage) => from.querySelector(selector);
  const all = (selector, from = stage) => [...from.querySelectorAll(selector)];
  const show = (element, seen) => { if (element) element.hidden = !seen; };
  const write = (selector, words, from = stage) => all(selector, from).forEach((e) => { e.textContent = words; });
  const count = (name, n) => { if (n !== undefined) write(`[data-count="${name}"]`, n); };
  const tell = (words) => write("#buzz-tells", words);
  let number = Number(stage.dataset.number);

  /* A part of the page drawn anew by the server: for what differs from one reader to the next. */
  const FRESH = {
    room: ["join", "mine", "other", "turn-of-mine", "words"],
    desk: ["floor", "agreement", "hands-up", "extras", "turns", "absent", "scribe", "relayed"],
  };
  let drawing = Promise.resolve();
  /* Somebody is filling in something there: it is not taken from under their hands. */
  const changed = (field) => (field.options
    ? [...field.options].some((option) => option.selected !== option.defaultSelected)
    : field.matches(":focus") || (field.type !== "hidden" && field.checked !== field.defaultChecked));
  const busy = (box) => all("input, textarea, select", box).some(changed);
  const redraw = (id, drawn, whole) => {
    const [old, now] = [document.getElementById(id), drawn.getElementById(id)];
    if (!old || (busy(old) && !(whole && ["typing", "agreement", "mine", "other"].includes(id)))) return;
    const held = old.contains(document.activeElement);
    if (!now) { old.replaceChildren(); old.hidden = true; return; }
    const fresh = document.importNode(now, true);
    old.replaceWith(fresh);
    /* The keyboard stays where it was. */
    if (held) (fresh.querySelector("textarea") ?? fresh.querySelector("button, a[href]"))?.focus();
  };
  /* `whole`: another turn, so that even a field in which somebody types is drawn anew. */
  const fresh = (ids = FRESH[page] ?? [], whole = false) => {
    drawing = drawing.then(async () => {
      for (let tries = 0; tries < 5; tries += 1) {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected) return location.reload();
        const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
        /* Drawn before something that this page knows already: it would take it back. */
        if (Number(drawn.getElementById("buzz").dataset.number) < number) continue;
        return ids.forEach((id) => redraw(id, drawn, whole));
      }
    }).catch(() => { /* no network: the next event draws it */ });
  };

  /* --- how things stand */
  const state = (word) => {
    stage.dataset.state = word;
    all("[data-when]").forEach((e) => show(e, e.dataset.when.split(" ").includes(word)));
  };
  const portrait = (box, person) => {
    box.className = box.className.replace(/tone-\d/, `tone-${person.tone}`);
    write("[data-face=initials], [data-slot=initials]", person.initials, box);
    one("img", box)?.remove();
    if (!person.photo) return;
    const photo = new Image();
    photo.alt = "";
    photo.src = person.photo;
    box.append(photo);
  };
  const faces = (place, cards) => {
    const list = one(`[data-faces="${place}"]`);
    if (!list) return;
    list.replaceChildren(...cards.map((card) => {
      const face = document.getElementById("face").content.cloneNode(true);
      portrait(one(".portrait", face), card);
      write("[data-face=name]", card.name, face);
      const from = place === "there" ? [card.venture, card.hub] : [card.venture];
      write("[data-face=from]", from.filter(Boolean).join(" · "), face);
      write("[data-face=said]", card.why[language], face);
      return face;
    }));
    show(one(`[data-${place}]`), cards.length > 0);
  };
  const size = (text) => (text.length < 60 ? "large" : text.length < 150 ? "middle" : "small");
  const need = (text) => {
    all("[data-need]").forEach((e) => { e.textContent = text; e.dataset.size = size(text); });
    all("[data-hand-now]").forEach((e) => show(e, text !== ""));
  };
  const hands = (box, people) => {
    if (!box) return;
    const line = one("[data-hands]", box);
    write("[data-names]", people.map((each) => each.given).join(", "), box);
    show(line, people.length > 0);
  };
  const myHand = (box, people) => {
    if (!box || !me || !one("[data-hand=up]", box)) return;
    const mine = people.find((each) => each.id === me);
    show(one("[data-hand=up]", box), !mine);
    show(one("[data-hand=down]", box), Boolean(mine) && !mine.helps);
    show(one("[data-hand=taken]", box), Boolean(mine?.helps));
  };
  const keep = (list, item, first = true) => {
    const box = one(`[data-items="${list}"]`);
    if (!box) return;
    if (first) box.prepend(item); else box.append(item);
    show(one(`[data-list="${list}"]`), true);
  };
  const said = (turn, who, hub, text) => {
    const template = document.getElementById("said");
    if (!template || one(`[data-said="${turn}"]`)) return null;
    const item = template.content.cloneNode(true);
    one("[data-said]", item).dataset.said = turn;
    write("[data-slot=who]", who, item);
    write("[data-slot=hub]", hub ? ` · ${hub}` : "", item);
    write("[data-slot=text]", text, item);
    all("[name=turn]", item).forEach((field) => { field.value = turn; });
    return item;
  };
  const leave = () => {
    /* The need of the turn that ends goes to the list of what was said. */
    const text = one("[data-need]")?.textContent ?? "";
    const { turn } = stage.dataset;
    if (!turn || !text) return;
    const item = said(turn, one("[data-speaker] [data-slot=name]")?.textContent ?? "", "", text);
    if (!item) return;
    const names = one("[data-hand-now] [data-names]")?.textContent ?? "";
    write("[data-names]", names, item);
    show(one("[data-hands]", item), names !== "");
    for (const way of ["up", "down", "taken"]) {
      const mine = one(`[data-hand-now] [data-hand=${way}]`);
      if (mine) show(one(`[data-hand=${way}]`, item), !mine.hidden);
    }
    if (stage.dataset.speaker === me) show(one("[data-slot=hand]", item), false);
    keep("said", item, false);
  };

  const HAPPENS = {
    bell() { state("ringing"); ring(); if (page !== "wall") fresh(); },
    present(e) {
      count("present", e.present);
      count("waiting", e.waiting);
      if (page === "desk" || e.person.id === me) fresh();
    },
    turn(e) {
      const mine = stage.dataset.speaker === me && me;
      if (e.turn !== stage.dataset.turn) {
        leave();
        need("");
        faces("here", []);
        faces("there", []);
        hands(one("[data-hand-now]"), []);
        for (const [way, seen] of [["up", true], ["down", false], ["taken", false]]) show(one(`[data-hand-now] [data-hand=${way}]`), seen);
      }
      stage.dataset.turn = e.turn;
      stage.dataset.speaker = e.person?.id ?? "";
      state("running");
      show(one("[data-speaker]"), e.person !== null);
      show(one("[data-silent]"), e.person === null);
      if (e.person) {
        const box = one("[data-speaker]");
        if (box) portrait(one(".portrait", box), e.person);
        write("[data-speaker] [data-slot=name]", e.person.name);
        write("[data-speaker] [data-slot=venture]", e.person.venture);
        tell((one("#buzz-tells")?.dataset.floor ?? "NAME").replace("NAME", e.person.name));
      }
      all("[data-hand-now] [name=turn]").forEach((field) => { field.value = e.turn; });
      all("[data-receiver]").forEach((field) => { field.value = stage.dataset.speaker; });
      write("[data-next]", e.next.join(", "));
      count("waiting", e.waiting);
      if (page === "desk") fresh(["typing", ...FRESH.desk], true);
      else if (me && (mine || stage.dataset.speaker === me)) fresh(FRESH.room, true);
    },
    typed(e) {
      if (e.turn === stage.dataset.turn) need(e.text);
      const item = one(`[data-said="${e.turn}"] [data-slot=text]`);
      if (item) item.textContent = e.text;
      typist.hears(e);
    },
    helpers(e) {
      if (e.turn !== stage.dataset.turn) return;
      faces("here", e.here);
      faces("there", e.there);
    },
    hands(e) {
      count("promises", e.promises);
      const boxes = all(`[data-said="${e.turn}"]`);
      if (e.turn === stage.dataset.turn) boxes.push(one("[data-hand-now]"), one("#hands-up"));
      boxes.forEach((box) => { hands(box, e.hands); myHand(box, e.hands); });
    },
    promise(e) { count("promises", e.promises); },
    consent(e) { if (page === "desk" || stage.dataset.speaker === me) fresh(["agreement", "other"]); },
    note(e) {
      const last = one("[data-lastnote]");
      if (last) { write("[data-slot=who]", e.person.given, last); write("[data-slot=text]", e.text, last); show(last, true); }
      const template = document.getElementById("note");
      if (!template) return;
      const item = template.content.cloneNode(true);
      write("[data-slot=who]", e.person.given, item);
      write("[data-slot=kind]", one("[data-slot=kind]", item).dataset[e.note], item);
      write("[data-slot=text]", e.text, item);
      keep("notes", item);
    },
    relay(e) {
      const box = one("[data-relay]");
      if (box) { write("[data-slot=hub]", e.hub, box); write("[data-slot=text]", e.text, box); show(box, true); }
      const item = said(e.turn, e.person.name, e.hub, e.text);
      if (item) keep("relayed", item);
      if (page === "desk") fresh(["relayed"]);
    },
    scribe() { if (page === "desk") fresh(["scribe"]); else if (page === "room") fresh(["words"]); },
    closed() { if (page === "wall") state("closed"); else location.reload(); },
  };
  const happens = (e) => {
    if (e.n <= number) return;
    number = e.n;
    stage.dataset.number = e.n;
    HAPPENS[e.kind]?.(e);
  };

  function ring() {
    navigator.vibrate?.([200, 120, 500]);
    try {
      const sound = new AudioContext();
      for (const [pitch, loud] of [[523, 0.3], [1046, 0.15], [1568, 0.08]]) {
        const [tone, gain] = [sound.createOscillator(), sound.createGain()];
        tone.frequency.value = pitch;
        gain.gain.setValueAtTime(loud, sound.currentTime);
        gain.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + 3);
        tone.connect(gain).connect(sound.destination);
        tone.start();
        tone.stop(sound.currentTime + 3);
      }
    } catch { /* no sound on this device: the page says it */ }
  }

  /* --- listening; asking every few seconds while that fails */
  let source = null;
  let asking = null;
  const ask = async () => {
    try {
      const answer = await fetch(`${stage.dataset.news}?after=${number}`, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 404) return location.reload();
      if (answer.status !== 200) return;
      const { events, anew } = await answer.json();
      if (anew) return location.reload();
      events.forEach(happens);
    } catch { /* the network is gone: asked again */ }
  };
  const keepAsking = (yes) => {
    if (yes && !asking) { asking = setInterval(ask, 2500 + Math.random() * 1500); ask(); }
    if (!yes && asking) { clearInterval(asking); asking = null; }
  };
  const listen = () => {
    source?.close();
    if (!stage.dataset.live || !window.EventSource) return keepAsking(true);
    source = new EventSource(`${stage.dataset.live}?after=${number}`, { withCredentials: true });
    const patience = setTimeout(() => keepAsking(true), 5000);
    source.onopen = () => { clearTimeout(patience); keepAsking(false); stage.dataset.heard = "live"; flush(); };
    source.onmessage = (message) => happens(JSON.parse(message.data));
    source.addEventListener("hives", (message) => count("hives", JSON.parse(message.data).hives));
    source.addEventListener("anew", () => location.reload());
    source.addEventListener("out", () => location.reload());
    source.onerror = () => {
      stage.dataset.heard = "";
      keepAsking(true);
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 8000 + Math.random() * 4000);
    };
  };

  /* --- sending: in order, each with its key, kept on the device until the server has answered */
  const shelf = `essaim-buzz:${buzz}:${me}`;
  const kept = () => { try { return JSON.parse(localStorage.getItem(shelf)) ?? []; } catch { return []; } };
  let queue = kept();
  const store = () => {
    try {
      if (queue.length) localStorage.setItem(shelf, JSON.stringify(queue));
      else localStorage.removeItem(shelf);
    } catch { /* private window: kept as long as the page is open */ }
  };
  const key = () => {
    /* randomUUID is for secure addresses only; a hive without a certificate has none. */
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
  const refused = (words) => {
    const box = document.getElementById("buzz-refused");
    if (!box) return;
    box.textContent = words;
    show(box, words !== "");
  };
  let sending = false;
  let later = null;
  const flush = async () => {
    if (sending || !queue.length) return;
    sending = true;
    clearTimeout(later);
    try {
      while (queue.length) {
        const item = queue[0];
        const done = await send(item);
        if (!done) { later = setTimeout(flush, 3000); break; }
        /* Typed over meanwhile: the newer words are another item in the same place. */
        queue = queue.filter((each) => each.id !== item.id);
        store();
      }
    } finally { sending = false; }
    show(document.getElementById("buzz-waits"), queue.length > 0 && later !== null && !queue[0].fresh);
  };
  const send = async (item) => {
    let answer;
    try {
      const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
      const headers = { Accept: "application/json", "X-CSRFToken": token };
      answer = await fetch(item.url, { method: "POST", headers, body: new URLSearchParams(item.fields) });
    } catch { item.fresh = false; return false; }
    if (answer.redirected || answer.status === 403) { location.reload(); return false; }
    if (answer.status >= 500) { item.fresh = false; return false; }
    const { said: words, refused: no } = answer.ok || answer.status === 409 ? await answer.json() : { said: "", refused: "" };
    refused(no);
    if (words) tell(words);
    if (item.then === "fresh" || no) fresh();
    return true;
  };
  const put = (url, fields, { slot = "", then = "" } = {}) => {
    const item = { id: key(), url, fields, slot, then, fresh: true };
    const place = slot ? queue.findIndex((each) => each.slot === slot) : -1;
    if (place >= 0 && !slot.startsWith("typed")) return;
    if (place >= 0) queue[place] = item; else queue.push(item);
    store();
    flush();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-gesture], [data-typing]")) return;
    event.preventDefault();
    /* The page has scripts of its own for forms that travel: this one does not. */
    event.stopImmediatePropagation();
    if (form.matches("[data-typing]")) return typist.speaks(true);
    /* What was typed a moment ago goes first: « publish » speaks of it. */
    if (typist.timer) typist.speaks(true);
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "key" && name !== "next");
    if (event.submitter?.name) fields.push([event.submitter.name, event.submitter.value]);
    fields.push(["key", key()]);
    const turn = fields.find(([name]) => name === "turn" || name === "after")?.[1] ?? "";
    const once = form.dataset.then === "empty" ? "" : `${form.action}:${turn}:${event.submitter?.value ?? ""}`;
    put(form.action, fields, { slot: once, then: form.dataset.then });
    form.reset();
    if (form.dataset.then === "empty") { form.closest("details")?.removeAttribute("open"); }
    const mine = form.closest("[data-said], [data-hand-now]");
    if (mine && form.dataset.hand) { show(form, false); show(one(`[data-hand=${form.dataset.hand === "up" ? "down" : "up"}]`, mine), true); }
  }, true);

  /* --- typing: shown at most every 0.6 s; who can help is looked for every 2 s, and in other hives
     at a pause */
  const typist = {
    version: 0,
    looked: 0,
    timer: null,
    pause: null,
    area: () => one("[data-typing] textarea"),
    hears(e) {
      const area = typist.area();
      if (!area || e.version <= typist.version || one("[data-typing] [name=turn]").value !== e.turn) return;
      typist.version = e.version;
      if (area !== document.activeElement) area.value = e.text;
    },
    speaks(further) {
      const form = one("[data-typing]");
      clearTimeout(typist.timer);
      typist.timer = null;
      if (further) clearTimeout(typist.pause);
      if (!form) return;
      typist.version = Math.max(Date.now(), typist.version + 1, Number(form.dataset.version) + 1);
      const turn = one("[name=turn]", form).value;
      const fields = [["turn", turn], ["text", one("textarea", form).value], ["version", typist.version]];
      if (further) fields.push(["further", "1"]);
      else if (Date.now() - typist.looked > 2000) { typist.looked = Date.now(); fields.push(["look", "1"]); }
      put(form.action, fields, { slot: `typed:${turn}` });
    },
  };
  document.addEventListener("input", (event) => {
    if (!event.target.closest("[data-typing]")) return;
    clearTimeout(typist.pause);
    typist.pause = setTimeout(() => typist.speaks(true), 1200);
    typist.timer ??= setTimeout(() => typist.speaks(false), 600);
  });
  document.addEventListener("keydown", (event) => {
    const floor = one("form[data-space]");
    if (!floor || event.repeat) return;
    const typing = event.target.matches("input, textarea, select");
    const bar = event.key === " " && !typing && !event.target.closest("button, a, summary, [role=button]");
    if (!bar && !(event.key === "Enter" && event.ctrlKey && typing)) return;
    event.preventDefault();
    floor.requestSubmit();
  });

  stage.dataset.speaker ??= "";
  all("[data-need]").forEach((e) => { e.dataset.size = size(e.textContent); });
  window.addEventListener("online", () => { flush(); if (!source || source.readyState !== EventSource.OPEN) listen(); });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  listen();
  flush();
})();
