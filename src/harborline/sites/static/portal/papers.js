// Files in pieces: goes on after a lost connection, pauses, tells how far it is. The plain form does the same without.
const form = document.getElementById("papers-form");
const list = document.querySelector("#papers-list ul");
const said = document.getElementById("papers-said");
const receipt = document.getElementById("papers-receipt");
// A piece is small at first, grows while it takes less than a second, and shrinks when the connection is lost.
const FIRST = 512 * 1024;
const SMALLEST = 64 * 1024;
const LARGEST = 4 * 1024 * 1024;
const QUICK_MS = 1000;
const PAUSES_S = [1, 2, 5, 10, 20];
const BROKEN_MAX = 5;
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const inputs = [...form.querySelectorAll("input[type=file]")];
const submit = form.querySelector("button[type=submit]");
let waiting = [];
let submission = null;
let begun = null;
let lost = 0;

class Stopped extends Error {}

async function pause(words) {
  said.textContent = words;
  const wait = PAUSES_S[Math.min(lost, PAUSES_S.length - 1)];
  lost += 1;
  await new Promise((done) => setTimeout(done, 1000 * wait));
}

async function ask(address, options = {}, again = true) {
  // No answer, and answers that tell of a moment's trouble, are tried again; a refusal is not. With `again` false a lost
  // connection answers null: whoever asked may try it another way.
  for (let broken = 0; ;) {
    let answer = null;
    try {
      answer = await fetch(address, { ...options, headers: { "X-CSRFToken": token, ...options.headers }, redirect: "manual", cache: "no-store" });
    } catch { /* the connection is lost */ }
    if (answer && answer.type === "opaqueredirect") {
      window.location.reload(); // the visit is over: the page itself leads to the way in
      await new Promise(() => {});
    }
    if (answer) {
      const content = await answer.json().catch(() => ({}));
      if (answer.status < 500) {
        lost = 0;
        return [answer.status, content];
      }
      if (answer.status !== 503) broken += 1;
      if (broken >= BROKEN_MAX) throw new Stopped(form.dataset.sayFailed);
      await pause(content.problem || form.dataset.sayTrouble);
    } else {
      await pause(form.dataset.sayLost);
      if (!again) return null;
    }
  }
}

function number() {
  // A random number of the form all UUIDs have; randomUUID is not there on every page.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("").replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

async function same(file, held) {
  // Whether what is held of an earlier upload is the beginning of this very file.
  if (held.name !== file.name || held.size !== file.size || !crypto.subtle) return false;
  for (const [offset, size, sha256] of held.pieces) {
    const found = await crypto.subtle.digest("SHA-256", await file.slice(offset, offset + size).arrayBuffer());
    if ([...new Uint8Array(found)].map((one) => one.toString(16).padStart(2, "0")).join("") !== sha256) return false;
  }
  return true;
}

function must([status, answer]) {
  if (status >= 400 && status !== 409) throw new Stopped(answer.problem || form.dataset.sayFailed);
  return answer;
}

class Upload {
  constructor(file) {
    this.file = file;
    this.upload = number();
    this.held = null;
    this.paused = false;
    this.done = false;
    this.item = list.appendChild(document.createElement("li"));
    const name = this.item.appendChild(document.createElement("span"));
    name.textContent = file.name;
    name.className = "pt-paper__name";
    this.bar = this.item.appendChild(document.createElement("progress"));
    this.bar.max = Math.max(file.size, 1);
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.words = this.item.appendChild(document.createElement("p"));
    this.button = this.item.appendChild(document.createElement("button"));
    this.button.type = "button";
    this.button.className = "usa-button usa-button--outline";
    this.say("waiting");
    this.label("remove");
    this.button.addEventListener("click", () => this.pressed());
  }

  say(what) { this.words.textContent = form.dataset[`say${what[0].toUpperCase()}${what.slice(1)}`] || what; }

  label(what) {
    this.button.textContent = form.dataset[`say${what[0].toUpperCase()}${what.slice(1)}`];
    this.button.setAttribute("aria-label", `${this.button.textContent}: ${this.file.name}`);
    this.does = what;
  }

  pressed() {
    if (this.does === "remove") {
      waiting = waiting.filter((one) => one !== this);
      this.item.remove();
    } else {
      this.paused = this.does === "pause";
      this.say(this.paused ? "paused" : "sending");
      this.label(this.paused ? "resume" : "pause");
      if (!this.paused && this.goOn) this.goOn();
    }
  }

  async begin() {
    if (this.held) return this.held;
    const asked = { name: this.file.name, size: this.file.size, submission, upload: this.upload, once: form.elements.once.value };
    for (const name of ["county", "case"]) if (form.elements[name]) asked[name] = form.elements[name].value;
    const made = must(await ask(form.dataset.begin, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) }));
    submission = made.submission;
    return made;
  }

  async send() {
    this.say("sending");
    this.label("pause");
    const address = `${form.dataset.begin}${(await this.begin()).document}/`;
    let { offset } = must(await ask(address));
    let size = FIRST;
    while (offset < this.file.size) {
      this.bar.value = offset;
      if (this.paused) await new Promise((done) => { this.goOn = done; });
      const piece = this.file.slice(offset, offset + size);
      const started = performance.now();
      const answer = await ask(`${address}?offset=${offset}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: piece }, false);
      if (answer === null) {
        size = Math.max(SMALLEST, size / 2);
        ({ offset } = must(await ask(address)));
      } else {
        ({ offset } = must(answer));
        if (performance.now() - started < QUICK_MS) size = Math.min(LARGEST, 2 * size);
      }
    }
    this.bar.value = this.bar.max;
    this.done = true;
    this.say("sent");
    this.button.remove();
  }
}

function chosen() {
  for (const input of inputs) {
    for (const file of input.files) {
      if (waiting.length >= Number(form.dataset.files)) said.textContent = form.dataset.sayMany;
      else if (file.size > Number(form.dataset.size)) said.textContent = `${file.name}: ${form.dataset.sayLarge}`;
      else waiting.push(new Upload(file));
    }
    input.value = "";
  }
  document.getElementById("papers-list").hidden = waiting.length === 0;
}

async function takeUp() {
  // Files of which a part is held already go on where they stopped, as long as they are of one submission.
  if (begun === null) ({ begun } = must(await ask(form.dataset.begin)));
  for (const one of waiting) {
    for (const held of one.done || one.held ? [] : begun) {
      if ((submission === null || submission === held.submission) && await same(one.file, held)) {
        one.held = held;
        ({ submission } = held);
        begun = begun.filter((other) => other !== held);
        break;
      }
    }
  }
}

async function toReceipt() {
  const [status, answer] = await ask(`${form.dataset.begin}${submission}/close/`, { method: "POST" });
  if (status < 400) {
    said.textContent = form.dataset.sayAll;
    window.location.assign(answer.receipt);
  } else {
    said.textContent = answer.problem || form.dataset.sayFailed;
  }
}

async function sendOne(one) {
  try {
    if (!one.done) await one.send();
    said.textContent = `${form.dataset.saySent}: ${one.file.name}`;
  } catch (wrong) {
    one.words.textContent = wrong instanceof Stopped ? wrong.message : form.dataset.sayFailed;
    one.label("remove");
    said.textContent = `${one.file.name}: ${one.words.textContent}`;
  }
}

async function sendAll(event) {
  if (waiting.length === 0) return;
  event.preventDefault();
  submit.disabled = true;
  receipt.hidden = true;
  try {
    await takeUp();
    for (const one of [...waiting]) await sendOne(one);
    const sent = waiting.filter((one) => one.done).length;
    if (sent > 0 && sent === waiting.length) await toReceipt();
    else if (sent > 0) {
      said.textContent = form.dataset.saySome;
      receipt.hidden = false;
    }
  } catch (wrong) {
    said.textContent = wrong instanceof Stopped ? wrong.message : form.dataset.sayFailed;
  } finally {
    submit.disabled = false;
  }
}

receipt.addEventListener("click", () => toReceipt().catch(() => { said.textContent = form.dataset.sayFailed; }));
inputs.forEach((input) => input.addEventListener("change", chosen));
form.addEventListener("submit", sendAll);
