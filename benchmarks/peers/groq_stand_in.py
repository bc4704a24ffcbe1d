"""Groq's chat API as far as an agent's first answer needs it: a search first, then an answer."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

QUERY = "How do I activate roaming?"
TOKENS = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


class Handler(BaseHTTPRequestHandler):
    """Calls `search_faq` for a question, and answers once there is a tool's result."""

    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024  # an answer is one packet: two would wait for each other's receipt

    def do_POST(self) -> None:
        """Complete a chat."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        searched = asked["messages"][-1]["role"] == "tool"
        body = json.dumps(_completion(searched=searched)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def _completion(*, searched: bool) -> dict[str, Any]:
    called = {"name": "search_faq", "arguments": json.dumps({"query": QUERY})}
    call = {"id": "call_1", "type": "function", "function": called}
    calling = {"role": "assistant", "content": None, "tool_calls": [call]}
    saying = {"role": "assistant", "content": "Dial *123#."}
    choice = {
        "index": 0,
        "message": saying if searched else calling,
        "finish_reason": "stop" if searched else "tool_calls",
    }
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "openai/gpt-oss-20b",
        "choices": [choice],
        "usage": TOKENS,
    }


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
