// The one HTTP client. Types come from the server's OpenAPI document; errors become exceptions.
import createClient from "openapi-fetch";
import { connection } from "./connection";
import { ApiProblem, Unreachable } from "./problem";
import type { paths } from "./schema";

export const client = createClient<paths>({
  baseUrl: window.location.origin,
  // openapi-fetch keeps the `fetch` it finds when created; looking it up late lets tests replace it.
  fetch: (request) => globalThis.fetch(request),
});

// What a proxy answers when the server behind it is gone.
const gatewayGone = [502, 504];

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of a successful answer; throws `ApiProblem` or `Unreachable` otherwise. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    connection.set("offline");
    throw new Unreachable();
  });
  if (answer.response.ok) {
    return answer.data as T;
  }
  // A development proxy answers 500 with an empty body when nobody listens behind it.
  if (
    gatewayGone.includes(answer.response.status) ||
    (answer.response.status === 500 && !answer.error)
  ) {
    connection.set("offline");
    throw new Unreachable();
  }
  throw new ApiProblem(answer.response.status, answer.error);
}
