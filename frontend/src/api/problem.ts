// What can go wrong with a call: the server's problem+json, or no answer at all.

type ProblemBody = {
  title?: string | null;
  detail?: string | null;
  errors?: { field: string; message: string }[] | null;
};

/** The server said no; `message` is its sentence about what was wrong and what to do. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown) {
    const problem = (typeof body === "object" && body !== null ? body : {}) as ProblemBody;
    super(problem.detail ?? problem.title ?? `The studio answered with an error (${status}).`);
    this.name = "ApiProblem";
    this.status = status;
    this.title = problem.title ?? "Something went wrong";
    this.fields = Object.fromEntries(
      (problem.errors ?? []).map(({ field, message }) => [field, message]),
    );
  }
}

/** Nobody answered: the server is down, restarting, or the network is gone. */
export class Unreachable extends Error {
  constructor() {
    super("The studio isn't answering. It will be tried again; nothing you typed is lost.");
    this.name = "Unreachable";
  }
}

/** One sentence about any error, fit to be shown. */
export function explain(error: unknown): string {
  if (error instanceof ApiProblem || error instanceof Unreachable) return error.message;
  return "Something unexpected happened in this page. Reload it and try again.";
}
