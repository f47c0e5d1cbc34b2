import { screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { show } from "@/testing/render";
import { SearchField } from "./SearchField";

function Harness({ onChange }: { onChange: (value: string) => void }) {
  const [value, setValue] = useState("");
  return (
    <>
      <SearchField
        value={value}
        onChange={(next) => {
          onChange(next);
          setValue(next);
        }}
      />
      <button type="button" onClick={() => setValue("from outside")}>
        Back
      </button>
    </>
  );
}

function setUp() {
  const onChange = vi.fn();
  const view = show(<Harness onChange={onChange} />);
  return { onChange, field: screen.getByRole("searchbox"), ...view };
}

it("searches after a pause, once, and keeps the focus", async () => {
  const { onChange, field, user } = setUp();
  await user.type(field, "red apple");
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled());
  expect(onChange.mock.calls.at(-1)).toEqual(["red apple"]);
  expect(onChange.mock.calls.length).toBeLessThan("red apple".length);
  expect(field).toHaveFocus();
});

it("searches at once on Enter, and clears with Escape", async () => {
  const { onChange, field, user } = setUp();
  await user.type(field, "cat{Enter}");
  expect(onChange.mock.calls).toEqual([["cat"]]);
  await user.keyboard("{Escape}");
  expect(onChange.mock.calls.at(-1)).toEqual([""]);
  expect(field).toHaveValue("");
  expect(field).toHaveFocus();
});

it("follows the address when that changes", async () => {
  const { field, user } = setUp();
  await user.type(field, "cat{Enter}");
  await user.click(screen.getByRole("button", { name: "Back" }));
  expect(field).toHaveValue("from outside");
});
