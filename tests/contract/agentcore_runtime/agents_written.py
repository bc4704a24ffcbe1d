"""Agents as people write them: on the standard library, and on the service's own SDK."""

PLAIN = """
import json, os, signal, socket, subprocess, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GO = threading.Event()
SEEN = []
STATUS = ["Healthy"]


class Agent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer({"status": STATUS[0], "time_of_last_update": 0})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        asked = json.loads(body) if len(body) < 10_000 else {"do": "size"}
        SEEN.append(asked)
        getattr(self, asked.get("do", "echo"))(asked, body)

    def answer(self, content, status=200):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def echo(self, asked, body):
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.answer({"asked": asked, "seen": len(SEEN), "pid": os.getpid(), "headers": headers,
                     "environment": dict(os.environ), "path": sys.path, "cwd": os.getcwd()})

    def size(self, asked, body):
        self.answer({"size": len(body)})

    def fail(self, asked, body):
        self.answer({"error": "no"}, asked["status"])

    def busy(self, asked, body):
        STATUS[0] = asked["status"]
        self.answer({})

    def say(self, asked, body):
        print(asked["line"])
        self.answer({})

    def crash(self, asked, body):
        os.kill(os.getpid(), signal.SIGKILL)

    def deafen(self, asked, body):
        self.server.socket.shutdown(socket.SHUT_RDWR)
        self.connection.shutdown(socket.SHUT_RDWR)
        GO.wait()

    def slam(self, asked, body):
        self.server.finish_request = lambda *_: None  # connections are taken, and closed at once
        self.connection.shutdown(socket.SHUT_RDWR)
        GO.wait()

    def leave(self, asked, body):
        waits = "import threading; threading.Event().wait()"
        left = subprocess.Popen([sys.executable, "-c", waits], start_new_session=True)
        self.answer({"left": left.pid, "pid": os.getpid()})

    def tell(self, asked, body):
        self.send_response(200)
        self.send_header("baggage", "name=\u0416".encode().decode("latin-1"))
        self.send_header("content-length", "0")
        self.end_headers()

    def hang(self, asked, body):
        GO.wait()

    def go(self, asked, body):
        GO.set()
        self.answer({})

    def stream(self, asked, body):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.chunk(b"data: 1\\n\\n")
        GO.wait()
        if asked.get("crash"):
            self.crash(asked, body)
        self.chunk(b"data: 2\\n\\n")
        self.chunk(b"")

    def chunk(self, content):
        self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(content), content))
        self.wfile.flush()


ThreadingHTTPServer(("0.0.0.0", 8080), Agent).serve_forever()
"""

ON_SDK = """
from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.entrypoint
async def invoke(payload, context):
    if payload.get("stream"):
        return numbers()
    return {"prompt": payload["prompt"], "session": context.session_id}


async def numbers():
    for number in range(3):
        yield {"number": number}


if __name__ == "__main__":
    app.run()
"""
