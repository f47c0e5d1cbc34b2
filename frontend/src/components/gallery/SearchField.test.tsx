import { act, fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
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

afterEach(() => vi.useRealTimers());

it("searches after a pause, once, and keeps the focus", () => {
  vi.useFakeTimers();
  const { onChange, field } = setUp();
  field.focus();
  for (const text of ["r", "re", "red"]) {
    fireEvent.change(field, { target: { value: text } });
    vi.advanceTimersByTime(200);
  }
  expect(onChange).not.toHaveBeenCalled();
  act(() => vi.advanceTimersByTime(100));
  expect(onChange.mock.calls).toEqual([["red"]]);
  expect(field).toHaveFocus();
});

it("searches at once on Enter, and clears with Escape", async () => {
  const { onChange, field, user } = setUp();
  field.focus();
  fireEvent.change(field, { target: { value: "cat" } });
  fireEvent.keyDown(field, { key: "Enter" });
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
