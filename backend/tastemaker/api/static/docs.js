// Shows the OpenAPI document of this server. Text is only ever set as text, never as HTML.
"use strict";

const METHODS = ["get", "post", "patch", "put", "delete"];

function element(name, children = [], attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const child of [].concat(children)) {
    if (child !== null && child !== undefined) made.append(child);
  }
  return made;
}

function reference(name) {
  return element("a", name, { href: `#schema-${name}` });
}

/** What a value may be, as text with links to named schemas. */
function describe(schema) {
  if (schema === undefined) return ["anything"];
  if (schema.$ref) return [reference(schema.$ref.split("/").pop())];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.flatMap((one, i) => (i ? [" or ", ...describe(one)] : describe(one)));
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.enum) return [schema.enum.map((one) => JSON.stringify(one)).join(", ")];
  if (schema.type === "array") return ["list of ", ...describe(schema.items)];
  const limits = [
    schema.format,
    schema.minimum !== undefined && `from ${schema.minimum}`,
    schema.exclusiveMinimum !== undefined && `above ${schema.exclusiveMinimum}`,
    schema.maximum !== undefined && `to ${schema.maximum}`,
    schema.maxLength !== undefined && `at most ${schema.maxLength} characters`,
  ].filter(Boolean);
  const type = schema.type ?? "anything";
  return [limits.length ? `${type} (${limits.join(", ")})` : type];
}

function row(name, required, schema, description, place) {
  const fallback = schema?.default;
  const more = fallback !== undefined && fallback !== null ? ` Default: ${JSON.stringify(fallback)}.` : "";
  return element("tr", [
    element("td", element("code", name)),
    element("td", place ?? (required ? "required" : "optional")),
    element("td", describe(schema)),
    element("td", `${description ?? schema?.description ?? ""}${more}`),
  ]);
}

function table(titles, rows) {
  const head = element("tr", titles.map((title) => element("th", title, { scope: "col" })));
  return element("div", element("table", [element("thead", head), element("tbody", rows)]), { class: "table" });
}

function content(parts) {
  return Object.entries(parts ?? {}).map(([type, part]) =>
    element("p", [element("code", type), ": ", ...describe(part.schema)]),
  );
}

function operation(path, method, details) {
  const parts = [
    element("summary", [element("code", `${method.toUpperCase()} ${path}`), ` ${details.summary ?? ""}`]),
    details.description ? element("p", details.description) : null,
  ];
  if (details.parameters?.length) {
    const rows = details.parameters.map((one) =>
      row(one.name, one.required, one.schema, one.description, `${one.in}${one.required ? ", required" : ""}`),
    );
    parts.push(element("h4", "Parameters"), table(["Name", "Where", "Value", "Meaning"], rows));
  }
  if (details.requestBody) parts.push(element("h4", "Body"), ...content(details.requestBody.content));
  const answers = Object.entries(details.responses).map(([status, answer]) =>
    element("tr", [
      element("td", status),
      element("td", answer.description),
      element("td", content(answer.content)),
    ]),
  );
  parts.push(element("h4", "Answers"), table(["Status", "Meaning", "Body"], answers));
  return element("details", parts, { id: details.operationId });
}

function namedSchema(name, schema) {
  const parts = [element("summary", element("code", name))];
  if (schema.description) parts.push(element("p", schema.description));
  if (schema.properties) {
    const required = new Set(schema.required);
    const rows = Object.entries(schema.properties).map(([field, one]) => row(field, required.has(field), one));
    parts.push(table(["Field", "", "Value", "Meaning"], rows));
  } else {
    parts.push(element("p", describe(schema)));
  }
  return element("details", parts, { id: `schema-${name}` });
}

function show(api) {
  document.getElementById("about").textContent = `Version ${api.info.version}. ${api.info.description}`;
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((one) => one in item)) {
      const group = item[method].tags[0];
      groups.set(group, [...(groups.get(group) ?? []), operation(path, method, item[method])]);
    }
  }
  const sections = [...groups].map(([name, operations]) =>
    element("section", [element("h2", name), ...operations]),
  );
  const schemas = Object.entries(api.components.schemas).map(([name, one]) => namedSchema(name, one));
  document
    .getElementById("operations")
    .replaceChildren(...sections, element("section", [element("h2", "Schemas"), ...schemas]));
  openTarget();
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.tagName === "DETAILS") {
    target.open = true;
    target.scrollIntoView();
  }
}

addEventListener("hashchange", openTarget);
fetch("/api/openapi.json")
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`status ${answer.status}`))))
  .then(show)
  .catch((error) => {
    document.getElementById("operations").textContent = `The document could not be read: ${error.message}`;
  });
