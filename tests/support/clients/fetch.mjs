// What Node has built in: list the tools of the gateway, and print their names as JSON.
const { GATEWAY_URL, GATEWAY_TOKEN } = process.env;
const response = await fetch(GATEWAY_URL, {
  method: "POST",
  headers: { authorization: `Bearer ${GATEWAY_TOKEN}`, "content-type": "application/json" },
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
});
const { result } = await response.json();
console.log(JSON.stringify(result.tools.map((tool) => tool.name)));
