"use strict";

// Asking the API one question. Nothing here knows of the page: see chat.js.

const MAX_TRIES = 5; // the first one and four more, after 429 only
const FIRST_PAUSE_MS = 1000; // doubled with each try, and drawn between nothing and that
const LONGEST_PAUSE_MS = 20_000;
const SILENCE_MS = 75_000; // the API gives up before that
const NO_SUCH_ROUTE = [404, 405, 501];

/** An answer that is none. `status` is HTTP's; 0 if nothing, or half of it, came back. */
class Refusal extends Error {
  constructor(status, message, { code = "", request_id = "", retryAfterMs = 0 } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = request_id;
    this.retryAfterMs = retryAfterMs;
  }

  /** A used-up day is a 429 too, but waiting a few seconds does not help. */
  get passes() {
    return this.status === 429 && !/limit exceeded/i.test(this.message);
  }
}

/** The API beside this page: `<base>/invoke` and `<base>/invoke/stream`, whatever the base is. */
class Api {
  constructor(page) {
    const here = new URL(page);
    const base = here.origin + here.pathname.replace(/\/[^/]*\/?$/, "/");
    this.whole = new URL("invoke", base);
    this.stream = new URL("invoke/stream", base);
    this.streams = true;
  }

  /**
   * Ask, again after a 429, and return {result, actor_id, thread_id, sources}.
   * `onDelta(text)` gets the answer piece by piece; `onPause(ms)` hears of a wait, and with 0
   * that it is over.
   */
  async ask(key, question, { signal, onDelta, onPause }) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#once(key, question, signal, onDelta);
      } catch (error) {
        if (!(error instanceof Refusal && error.passes) || tries === MAX_TRIES) throw error;
        const ms = pauseMs(tries, error.retryAfterMs);
        onPause(ms);
        await pause(ms, signal);
        onPause(0);
      }
    }
  }

  async #once(key, question, signal, onDelta) {
    const watch = new Watch(signal);
    try {
      if (this.streams) {
        const response = await this.#post(this.stream, key, question, watch);
        if (response.ok) return await read(response, watch, onDelta);
        const refusal = await refused(response);
        if (!isMissing(refusal)) throw refusal;
        this.streams = false;
      }
      const response = await this.#post(this.whole, key, question, watch);
      if (!response.ok) throw await refused(response);
      return await read(response, watch, onDelta);
    } catch (error) {
      if (error instanceof Refusal || signal.aborted) throw error;
      throw new Refusal(0, String(error));
    } finally {
      watch.end();
    }
  }

  #post(url, key, question, watch) {
    const headers = {
      "Content-Type": "application/json",
      Accept: url === this.stream ? "text/event-stream" : "application/json",
      "x-api-key": key,
    };
    const body = JSON.stringify(question);
    const rest = { cache: "no-store", credentials: "omit", redirect: "error" };
    return fetch(url, { method: "POST", headers, body, signal: watch.signal, ...rest });
  }
}

/** Ends a request that the reader gave up, or that has been silent for too long. */
class Watch {
  constructor(outer) {
    this.controller = new AbortController();
    this.signal = AbortSignal.any([outer, this.controller.signal]);
    this.heard();
  }

  heard() {
    this.end();
    this.timer = setTimeout(() => this.controller.abort(), SILENCE_MS);
  }

  end() {
    clearTimeout(this.timer);
  }
}

/** API Gateway answers a path that it does not have with 403, and names a token. */
function isMissing(refusal) {
  const token = /missing authentication token/i.test(refusal.message);
  return NO_SUCH_ROUTE.includes(refusal.status) || (refusal.status === 403 && token);
}

async function refused(response) {
  const body = objectIn(await response.text());
  const seconds = Number.parseInt(response.headers.get("Retry-After"), 10) || 0;
  const message = String(body.error ?? body.message ?? "");
  const request_id = String(body.request_id ?? "");
  return new Refusal(response.status, message, { request_id, retryAfterMs: seconds * 1000 });
}

function objectIn(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

async function read(response, watch, onDelta) {
  const kind = response.headers.get("Content-Type") ?? "";
  if (!kind.includes("text/event-stream")) return response.json();
  for await (const event of events(response.body)) {
    watch.heard();
    if (event.type === "delta") onDelta(String(event.text));
    if (event.type === "result") return event;
    if (event.type === "error") throw new Refusal(500, String(event.message), event);
  }
  throw new Refusal(0, "the answer ended before its end");
}

/** Yield what the `data:` lines of server-sent events hold. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value.replaceAll("\r", ""); // lines may end in CR LF; no JSON holds a bare CR
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const lines = block.split("\n").filter((line) => line.startsWith("data:"));
        if (lines.length) yield JSON.parse(lines.map((line) => line.slice(5)).join("\n"));
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // it may have failed already, and that was told
  }
}

/** Full jitter: callers that were refused together do not come back together. */
function pauseMs(tries, atLeastMs) {
  const upTo = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
  return Math.min(LONGEST_PAUSE_MS, atLeastMs) + Math.random() * upTo;
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
