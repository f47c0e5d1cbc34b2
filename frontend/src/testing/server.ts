// A server made of a table: "METHOD /path" → JSON, a Response, or a function of the request.
// Everything that was asked is remembered; what is not in the table fails the call loudly.
import { vi } from "vitest";

type Answer = unknown | ((body: unknown, request: Request) => unknown);
export type Call = { route: string; body: unknown; headers: Headers };

export function problem(status: number, detail: string, errors?: object[]): Response {
  const body = { type: "about:blank", title: "Refused", status, detail, errors: errors ?? null };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
}

export function fakeServer(table: Record<string, Answer>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", async (input: Request | string) => {
    const request = input instanceof Request ? input : new Request(new URL(input, location.href));
    const route = `${request.method} ${new URL(request.url).pathname}`;
    const text = await request.text();
    const isJson = request.headers.get("Content-Type")?.includes("json") ?? false;
    const body: unknown = text && isJson ? JSON.parse(text) : text || undefined;
    calls.push({ route, body, headers: request.headers });
    if (!(route in table)) throw new TypeError(`nobody answers ${route}`);
    const entry = table[route];
    const answer = typeof entry === "function" ? await entry(body, request) : entry;
    if (answer instanceof Response) return answer;
    return new Response(JSON.stringify(answer), {
      status: request.method === "POST" ? 202 : 200,
      headers: { "Content-Type": "application/json" },
    });
  });
  return calls;
}
