"use strict";
(() => {
  const sheet = JSON.parse(document.getElementById("sheet").textContent);
  const { items, labels } = sheet;
  const places = new Map(items.map(({ item }, place) => [item, place]));
  const prefix = `stancelib-coding/${sheet.sheet}/`;
  const nowKey = `stancelib-coding-now/${sheet.sheet}`;
  const part = (id) => document.getElementById(id);
  const words = { against: "against", neutral: "neutral", favor: "in favor" };

  // What this coder did: item -> { label, note, seconds, coded_at }.
  let coder = null;
  let codings = {};
  let place = 0;
  // When the present item came into view; null while it is not seen.
  let seenSince = null;
  let isKept = true;

  // ---- what the browser keeps ---- //

  const load = (key) => {
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      return kept && typeof kept.codings === "object" ? kept : null;
    } catch {
      return null;
    }
  };

  const keep = () => {
    try {
      localStorage.setItem(prefix + coder, JSON.stringify({ coder, codings, place }));
      isKept = true;
    } catch {
      isKept = false;
      say("This browser does not keep your work. Export it before you close the page.");
    }
  };

  const keptCoders = () => {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
      return keys.map(load).filter(Boolean);
    } catch {
      return [];
    }
  };

  const rememberCoder = (name) => {
    try {
      if (name === null) sessionStorage.removeItem(nowKey);
      else sessionStorage.setItem(nowKey, name);
    } catch {
      // Then the page asks for the name after a reload.
    }
  };

  const recalledCoder = () => {
    try {
      return sessionStorage.getItem(nowKey);
    } catch {
      return null;
    }
  };

  // ---- codings ---- //

  const codingOf = (item) =>
    codings[item] ?? { label: null, note: "", seconds: 0, coded_at: null };
  const isCoded = ({ item }) => codingOf(item).label !== null;
  const countIn = (found) => items.filter(({ item }) => found[item]?.label).length;
  const nextOpen = () => {
    const after = items.findIndex((one, index) => index > place && !isCoded(one));
    return after >= 0 ? after : items.findIndex((one) => !isCoded(one));
  };

  const change = (changes) => {
    const { item } = items[place];
    codings[item] = { ...codingOf(item), ...changes };
  };

  const countSeconds = () => {
    if (seenSince === null || place >= items.length) return;
    const passed = (performance.now() - seenSince) / 1000;
    change({ seconds: Math.round((codingOf(items[place].item).seconds + passed) * 10) / 10 });
    seenSince = document.hidden ? null : performance.now();
  };

  const setLabel = (label) => {
    if (place >= items.length) return;
    countSeconds();
    change({ label, coded_at: new Date().toISOString() });
    part("spoken").textContent = `Saved: ${words[label]}.`;
    goTo(place + 1);
  };

  const goTo = (next) => {
    countSeconds();
    place = Math.max(0, Math.min(items.length, next));
    seenSince = null;
    closeComment();
    say("");
    keep();
    show();
  };

  // ---- what is seen ---- //

  const say = (text) => {
    part("message").textContent = text;
  };

  const write = (element, text, { lang, dir }) => {
    element.textContent = text;
    element.lang = lang;
    element.dir = dir;
  };

  const showItem = (one) => {
    part("target").textContent = one.target;
    write(part("before"), one.before, one);
    write(part("after"), one.after, one);
    const [before, mention, after] = one.pieces;
    write(part("sentence"), before, one);
    const mark = document.createElement("mark");
    mark.textContent = mention;
    part("sentence").append(mark, after);
    part("facts").replaceChildren(
      ...one.facts.map(([name, text]) => {
        const row = document.createElement("div");
        const [term, value] = [document.createElement("dt"), document.createElement("dd")];
        term.textContent = name;
        value.textContent = text;
        term.dir = value.dir = "auto";
        row.append(term, value);
        return row;
      }),
    );
    const { label, note } = codingOf(one.item);
    for (const button of part("labels").children) {
      button.setAttribute("aria-pressed", String(button.dataset.label === label));
    }
    part("note").value = note;
    part("back").disabled = place === 0;
    const forward = document.createElement("kbd");
    forward.textContent = "→";
    part("forward").replaceChildren(label === null ? "Skip " : "Next ", forward);
    showComment(Boolean(note));
  };

  const showDone = () => {
    const open = items.length - countIn(codings);
    const some = open === 1 ? "One item is" : `${open} items are`;
    part("done-heading").textContent =
      open === 0 ? `All ${items.length} items are coded` : `${some} still open`;
    part("done-text").textContent =
      open === 0
        ? "Thank you. Export your file and hand it in."
        : "You can go to them now, or export what there is and go on later.";
    part("to-open").hidden = open === 0;
    part("export").classList.toggle("strong", open === 0);
  };

  const show = () => {
    const isDone = place >= items.length;
    const n = countIn(codings);
    part("start").hidden = true;
    part("coding").hidden = isDone;
    part("done").hidden = !isDone;
    part("keep").hidden = false;
    part("bar").max = items.length;
    part("bar").value = n;
    part("count").textContent = `Item ${place + 1}, ${n} of ${items.length} coded`;
    part("export").classList.remove("strong");
    if (isDone) showDone();
    else showItem(items[place]);
    const shown = part(isDone ? "done" : "card");
    shown.focus({ preventScroll: true });
    shown.scrollIntoView({ block: "nearest" });
    seenSince = isDone || document.hidden ? null : performance.now();
  };

  const showStart = () => {
    coder = null;
    rememberCoder(null);
    for (const id of ["coding", "done", "keep", "who"]) part(id).hidden = true;
    part("start").hidden = false;
    part("how-many").textContent = items.length === 1 ? "one sentence" : `${items.length} sentences`;
    part("name").value = sheet.coder ?? "";
    const kept = keptCoders();
    part("saved").hidden = kept.length === 0;
    part("saved-list").replaceChildren(
      ...kept.map((one) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = `Go on as ${one.coder}: ${countIn(one.codings)} of ${items.length} coded`;
        button.dir = "auto";
        button.addEventListener("click", () => begin(one.coder));
        const line = document.createElement("li");
        line.append(button);
        return line;
      }),
    );
    part("name").focus();
  };

  const begin = (name) => {
    coder = name;
    rememberCoder(name);
    const kept = load(prefix + name);
    codings = kept?.codings ?? {};
    place = Math.max(0, Math.min(items.length, kept?.place ?? 0));
    part("who").textContent = `Coder: ${name}`;
    part("who").hidden = false;
    // On a narrow screen the sentence comes first; the codebook opens with a touch.
    part("codebook").open = window.matchMedia("(min-width: 62rem)").matches;
    say("");
    keep();
    show();
  };

  // ---- comment ---- //

  const showComment = (isShown) => {
    part("comment").hidden = !isShown;
    part("open-comment").setAttribute("aria-expanded", String(isShown));
  };

  const openComment = () => {
    showComment(true);
    part("note").focus();
  };

  const closeComment = () => {
    if (document.activeElement === part("note")) part("card").focus();
  };

  // ---- files ---- //

  const lines = () =>
    items
      .map(({ item }) => ({ item, ...codingOf(item) }))
      .filter(({ label, note }) => label !== null || note !== "")
      .map(({ item, label, note, seconds, coded_at }) =>
        JSON.stringify({ item, coder, label, note: note || null, seconds, coded_at, sheet: sheet.sheet }),
      );

  const exportFile = () => {
    countSeconds();
    keep();
    const found = lines();
    const address = URL.createObjectURL(
      new Blob(found.map((line) => `${line}\n`), { type: "application/x-ndjson" }),
    );
    const link = document.createElement("a");
    const name = coder.replace(/[^\p{L}\p{N}]+/gu, "_");
    link.href = address;
    link.download = `codings_${name}_${sheet.sheet.slice(0, 8)}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    say(`Exported ${found.length} of ${items.length} to ${link.download}.`);
  };

  // Why a line cannot be taken, or null.
  const refusal = (line) => {
    if (line === null || typeof line !== "object") return "not understood";
    if (!places.has(line.item)) return "of another sheet";
    if (line.coder !== coder) return "of another coder";
    const isKnown = line.label === null || labels.includes(line.label);
    return isKnown && !Number.isNaN(Date.parse(line.coded_at)) ? null : "not understood";
  };

  const parsed = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };

  // Later codings stand before earlier ones, whichever side they come from.
  const take = (line) => {
    const own = codings[line.item];
    const coded_at = new Date(line.coded_at).toISOString();
    if (own?.coded_at && own.coded_at >= coded_at) return false;
    const seconds = Number(line.seconds);
    codings[line.item] = {
      label: line.label,
      note: typeof line.note === "string" ? line.note : "",
      seconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : 0,
      coded_at,
    };
    return true;
  };

  const importFile = async (file) => {
    const counts = new Map();
    const count = (what) => counts.set(what, (counts.get(what) ?? 0) + 1);
    countSeconds();
    for (const text of (await file.text()).split("\n")) {
      if (text.trim() === "") continue;
      const line = parsed(text);
      const reason = refusal(line);
      if (reason !== null) count(reason);
      else count(take(line) ? "taken" : "no newer than what is here");
    }
    const told = [...counts].map(([what, n]) => `${n} ${what}`);
    const open = nextOpen();
    goTo(open >= 0 ? open : items.length);
    say(`${file.name}: ${told.join(", ") || "no codings"}.`);
  };

  // ---- keys and buttons ---- //

  const actions = {
    1: () => setLabel("against"),
    a: () => setLabel("against"),
    2: () => setLabel("neutral"),
    n: () => setLabel("neutral"),
    3: () => setLabel("favor"),
    f: () => setLabel("favor"),
    c: () => place < items.length && openComment(),
    o: () => nextOpen() >= 0 && goTo(nextOpen()),
    arrowleft: () => goTo(place - 1),
    backspace: () => goTo(place - 1),
    arrowright: () => goTo(place + 1),
  };

  // By the letter; on keyboards of other scripts, and for digits that need Shift, by its place.
  const nameOf = ({ key, code }) =>
    /^([a-z0-9]|Arrow\w+|Backspace|\?)$/i.test(key)
      ? key.toLowerCase()
      : code.replace(/^(Key|Digit|Numpad)(?=.$)/, "").toLowerCase();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || part("help").open) return;
    if (event.target.matches("input, textarea")) {
      if (event.key === "Escape" && event.target === part("note")) closeComment();
      return;
    }
    const name = nameOf(event);
    if (name === "?") {
      event.preventDefault();
      part("help").showModal();
    } else if (coder !== null && Object.hasOwn(actions, name)) {
      event.preventDefault();
      // A key that is held down would code one item after the other.
      if (!event.repeat) actions[name]();
    }
  });

  const onClick = (id, action) => part(id).addEventListener("click", action);
  for (const button of part("labels").children) {
    button.addEventListener("click", () => setLabel(button.dataset.label));
  }
  onClick("back", () => goTo(place - 1));
  onClick("forward", () => goTo(place + 1));
  onClick("to-last", () => goTo(items.length - 1));
  onClick("to-open", () => goTo(nextOpen()));
  onClick("open-comment", openComment);
  onClick("open-help", () => part("help").showModal());
  onClick("export", exportFile);
  onClick("import", () => part("file").click());
  onClick("leave", () => {
    countSeconds();
    keep();
    showStart();
  });
  part("file").addEventListener("change", async ({ target }) => {
    if (target.files.length) await importFile(target.files[0]);
    target.value = "";
  });
  part("note").addEventListener("input", ({ target }) => {
    change({ note: target.value, coded_at: new Date().toISOString() });
    keep();
  });
  part("name-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = part("name").value.normalize("NFC").replace(/\s+/gu, " ").trim();
    part("name-problem").textContent = name === "" ? "Please write a name or code." : "";
    if (name !== "") begin(name);
  });
  document.addEventListener("visibilitychange", () => {
    if (coder === null) return;
    if (!document.hidden) {
      seenSince = place < items.length ? performance.now() : null;
      return;
    }
    countSeconds();
    keep();
  });
  // The same coder in a second window: both go on from what either saved.
  window.addEventListener("storage", ({ key }) => {
    if (coder === null || key !== prefix + coder) return;
    codings = load(key)?.codings ?? codings;
    show();
  });
  window.addEventListener("beforeunload", (event) => {
    if (coder !== null && !isKept) event.preventDefault();
  });

  const recalled = recalledCoder();
  if (recalled !== null && load(prefix + recalled)) begin(recalled);
  else showStart();
  document.documentElement.dataset.ready = "true";
})();
