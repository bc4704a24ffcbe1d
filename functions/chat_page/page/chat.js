"use strict";

// The page around asking.js. What comes from the API is only ever set as text.

const $ = (id) => document.getElementById(id);
const api = new Api(location.href);

let key = ""; // here and nowhere else: not in storage, not in the URL, not in a cookie
let conversation = {}; // actor_id and thread_id, as the API last answered them
let asking = null; // the AbortController of the question that is being answered

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function say(text) {
  $("status").textContent = text;
}

// --- The key ---------------------------------------------------------------------------------

function showKeyForm(shown, problem = "") {
  $("key-form").hidden = !shown;
  $("key-button").setAttribute("aria-expanded", String(shown));
  $("key-problem").textContent = problem;
  if (problem) $("key").setAttribute("aria-invalid", "true");
  else $("key").removeAttribute("aria-invalid");
  if (shown && (problem || key)) $("key").focus();
}

function takeKey() {
  const given = $("key").value.trim();
  if (!/^[\x21-\x7e]+$/.test(given)) {
    showKeyForm(true, given ? "A key has letters and digits only." : "Please enter your API key first.");
    return false;
  }
  key = given;
  $("key").value = "";
  showKeyForm(false);
  return true;
}

$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!takeKey()) return;
  say("The key is set.");
  $("prompt").focus();
});

$("key-button").addEventListener("click", () => showKeyForm($("key-form").hidden));

// --- One question and its answer -------------------------------------------------------------

async function ask(prompt) {
  if (asking) return;
  if (!key && !takeKey()) return;
  const answer = addTurn(prompt);
  const mine = begin();
  const { signal } = mine;
  const onDelta = (text) => grow(answer, text);
  const onPause = (ms) => wait(answer, ms);
  try {
    const question = { prompt, ...conversation };
    const reply = await api.ask(key, question, { signal, onDelta, onPause });
    if (!signal.aborted) finish(answer, reply);
  } catch (error) {
    if (!signal.aborted) fail(answer, error, prompt);
    else stopped(answer);
  } finally {
    answer.setAttribute("aria-busy", "false");
    if (asking === mine) end();
  }
}

function begin() {
  asking = new AbortController();
  $("send").hidden = true;
  $("stop").hidden = false;
  say("Waiting for the answer.");
  return asking;
}

function end() {
  asking = null;
  $("send").hidden = false;
  $("stop").hidden = true;
}

function addTurn(prompt) {
  const text = element("p", { className: "text" });
  const answer = element("article", { className: "answer" }, text);
  answer.setAttribute("aria-busy", "true");
  answer.setAttribute("aria-label", "Answer");
  const question = element("p", { className: "question" }, element("span", { className: "hidden", textContent: "You: " }), prompt);
  $("log").append(element("li", {}, question, answer));
  $("welcome").hidden = true;
  answer.parentElement.scrollIntoView({ block: "start" });
  return answer;
}

function grow(answer, text) {
  note(answer, "");
  answer.querySelector(".text").append(text);
  follow();
}

function finish(answer, reply) {
  note(answer, "");
  answer.querySelector(".text").textContent = reply.result;
  conversation = { actor_id: reply.actor_id, thread_id: reply.thread_id };
  const sources = Array.isArray(reply.sources) ? reply.sources : [];
  if (sources.length) answer.append(sourcesOf(sources));
  say(`Answer: ${reply.result}`);
  follow();
}

function sourcesOf(sources) {
  const rows = sources.map(({ question, score }) => {
    const match = element("span", { className: "score", textContent: `${Math.round(Number(score) * 100)}% match` });
    return element("li", {}, element("span", { textContent: String(question) }), match);
  });
  const title = element("h3", { textContent: rows.length === 1 ? "Source" : "Sources" });
  return element("section", { className: "sources" }, title, element("ul", {}, ...rows));
}

function note(answer, text) {
  answer.querySelector(".waiting")?.remove();
  if (text) answer.append(element("p", { className: "waiting note", textContent: text }));
}

function wait(answer, ms) {
  if (ms === 0) return note(answer, "");
  const seconds = Math.max(1, Math.round(ms / 1000));
  const text = `Many questions at the moment. Asking again in ${seconds} s.`;
  note(answer, text);
  return say(text);
}

function stopped(answer) {
  note(answer, "Stopped.");
  say("Stopped.");
}

function fail(answer, error, prompt) {
  note(answer, "");
  const request = error.requestId ? ` (Request ${error.requestId})` : "";
  const text = inWords(error) + request;
  const again = element("button", { type: "button", className: "quiet", textContent: "Ask again" });
  again.addEventListener("click", () => {
    answer.parentElement.remove();
    ask(prompt);
  });
  answer.append(element("div", { className: "problem" }, element("p", { textContent: text }), again));
  say(text);
  if (error.status === 403) {
    key = "";
    showKeyForm(true, text);
  } else {
    follow();
  }
}

function inWords(error) {
  switch (error.status) {
    case 0:
      return "The connection broke off. Are you online?";
    case 400:
    case 413:
    case 422:
      return `This question was not taken${error.message ? `: ${error.message}` : "."}`;
    case 403:
      return "This key is not accepted. Please check it and enter it again.";
    case 429:
      return error.passes
        ? "Too many questions at the moment. Please try again in a minute."
        : "The questions that this key may ask today are used up. Please come back tomorrow.";
    case 502:
    case 503:
    case 504:
      return "The answer takes too long, or the assistant is not available. Please ask again in a moment.";
    default:
      if (error.code) return `The answer broke off: ${error.message}`;
      return "Something went wrong on our side. Please ask again in a moment.";
  }
}

/** Scroll along only while the reader is at the end. */
function follow() {
  const room = $("main");
  const below = room.scrollHeight - room.scrollTop - room.clientHeight;
  if (below < 160) room.scrollTop = room.scrollHeight;
}

// --- The composer ----------------------------------------------------------------------------

function send() {
  const prompt = $("prompt").value.trim();
  if (!prompt || asking) return;
  if (!key && !takeKey()) return;
  $("prompt").value = "";
  fit();
  ask(prompt);
}

function fit() {
  const box = $("prompt");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function startAnew() {
  asking?.abort();
  conversation = {};
  $("log").replaceChildren();
  $("welcome").hidden = false;
  say("New conversation.");
  $("prompt").focus();
}

$("ask-form").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
$("prompt").addEventListener("input", fit);
$("prompt").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") asking?.abort();
});
$("stop").addEventListener("click", () => asking?.abort());
$("new").addEventListener("click", startAnew);
for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => ask(example.textContent));
}
