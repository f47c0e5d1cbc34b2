import { fakeServer, problem } from "@/testing/server";
import { client, unwrap } from "./client";
import { connection } from "./connection";
import { ApiProblem, explain, Unreachable } from "./problem";

const ask = () => unwrap(client.GET("/api/models"));

beforeEach(() => connection.set("online"));

test("a problem+json becomes its sentence, with the wrong fields named", async () => {
  const errors = [{ field: "width", message: "Use 256." }];
  fakeServer({ "GET /api/models": () => problem(422, "Some values aren't allowed.", errors) });
  const error = await ask().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiProblem);
  expect(explain(error)).toBe("Some values aren't allowed.");
  expect((error as ApiProblem).fields).toEqual({ width: "Use 256." });
  expect(connection.get()).toBe("online");
});

test("an answer that is no problem+json still becomes a sentence", async () => {
  fakeServer({ "GET /api/models": () => new Response("<html>", { status: 418 }) });
  expect(explain(await ask().catch((reason: unknown) => reason))).toMatch(/418/);
});

test.each([502, 504])("a gateway's %i means that nobody answers", async (status) => {
  fakeServer({ "GET /api/models": () => new Response("", { status }) });
  await expect(ask()).rejects.toBeInstanceOf(Unreachable);
  expect(connection.get()).toBe("offline");
});

test("no connection means that nobody answers", async () => {
  fakeServer({});
  await expect(ask()).rejects.toBeInstanceOf(Unreachable);
  expect(connection.get()).toBe("offline");
});
