import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { show } from "@/testing/render";
import { StageView } from "./StageView";
import { Toolbar } from "./Toolbar";
import { useStage } from "./useStage";
import { Work } from "./work";

// A stage of 448 pixels shows a picture of 100 four times as large, 24 pixels from its edge.
const scale = 4;
const edge = 24;
const on = (x: number, y: number) => ({ clientX: edge + x * scale, clientY: edge + y * scale });

beforeEach(() => {
  const side = 100 * scale + 2 * edge;
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(side);
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(side);
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  Element.prototype.setPointerCapture = () => {};
});

function Bench({ work }: { work: Work }) {
  const stage = useStage(work);
  return (
    <>
      <Toolbar stage={stage} />
      <StageView stage={stage} src="/api/images/1/file" name="a lamp" />
    </>
  );
}

function open() {
  const work = new Work({ width: 100, height: 100 });
  const view = show(<Bench work={work} />);
  const stage = screen.getByRole("application");
  return { work, stage, ...view };
}

const masked = (work: Work, x: number, y: number) => work.mask.bytes[y * 100 + x] === 255;
const finger = (pointerId: number, x: number, y: number) => ({
  pointerId,
  pointerType: "touch",
  button: 0,
  ...on(x, y),
});

test("a mouse paints, erases, and takes back", async () => {
  const { work, stage, user } = open();
  fireEvent.pointerDown(stage, { pointerId: 1, pointerType: "mouse", button: 0, ...on(20, 50) });
  fireEvent.pointerMove(stage, { pointerId: 1, pointerType: "mouse", ...on(80, 50) });
  fireEvent.pointerUp(stage, { pointerId: 1, pointerType: "mouse", ...on(80, 50) });
  expect([masked(work, 20, 50), masked(work, 50, 50), masked(work, 50, 60)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(stage).toHaveAccessibleName(/“a lamp”. 7 percent is masked/);
  await user.click(screen.getByRole("button", { name: "Eraser" }));
  fireEvent.pointerDown(stage, { pointerId: 1, pointerType: "mouse", button: 0, ...on(50, 50) });
  fireEvent.pointerUp(stage, { pointerId: 1, pointerType: "mouse", ...on(50, 50) });
  expect(masked(work, 50, 50)).toBe(false);
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(masked(work, 50, 50)).toBe(true);
  await user.click(screen.getByRole("button", { name: "Redo" }));
  expect(masked(work, 50, 50)).toBe(false);
  await user.click(screen.getByRole("button", { name: "Clear the mask" }));
  expect(work.coverage).toBe(0);
});

test("the right button and a pen's turned end do what they should", () => {
  const { work, stage } = open();
  fireEvent.pointerDown(stage, { pointerId: 1, pointerType: "mouse", button: 2, ...on(50, 50) });
  expect(work.painting).toBe(false);
  act(() => work.invert());
  const end = { pointerId: 2, pointerType: "pen", button: 5, buttons: 32, ...on(50, 50) };
  fireEvent.pointerDown(stage, end);
  fireEvent.pointerUp(stage, end);
  expect(masked(work, 50, 50)).toBe(false);
});

test("two fingers look closer and leave no stroke behind", () => {
  const { work, stage } = open();
  fireEvent.pointerDown(stage, finger(1, 40, 50));
  fireEvent.pointerMove(stage, finger(1, 42, 50));
  expect(masked(work, 42, 50)).toBe(true);
  fireEvent.pointerDown(stage, finger(2, 60, 50));
  expect(work.mask.bytes.every((value) => value === 0)).toBe(true);
  fireEvent.pointerMove(stage, finger(1, 30, 50));
  fireEvent.pointerMove(stage, finger(2, 70, 50));
  const picture = stage.querySelector("img")?.parentElement as HTMLElement;
  expect(Number(/scale\(([\d.]+)\)/.exec(picture.style.transform)?.[1])).toBeGreaterThan(
    scale * 1.9,
  );
  fireEvent.pointerUp(stage, finger(1, 30, 50));
  // The finger that is still down doesn't begin to paint.
  fireEvent.pointerMove(stage, finger(2, 90, 90));
  fireEvent.pointerUp(stage, finger(2, 90, 90));
  expect(work.undoable).toBeNull();
  fireEvent.pointerDown(stage, finger(3, 50, 50));
  fireEvent.pointerUp(stage, finger(3, 50, 50));
  expect(work.undoable).toBe("Stroke");
});

test("a hand that rests beside the pen neither paints nor zooms", () => {
  const { work, stage } = open();
  const pen = { pointerId: 1, pointerType: "pen", button: 0 };
  fireEvent.pointerDown(stage, { ...pen, ...on(20, 20) });
  fireEvent.pointerDown(stage, finger(2, 80, 80));
  fireEvent.pointerMove(stage, { ...pen, ...on(30, 20) });
  fireEvent.pointerUp(stage, { ...pen, ...on(30, 20) });
  expect([masked(work, 25, 20), masked(work, 80, 80)]).toEqual([true, false]);
});

test("everything by keyboard: walk, paint, size, erase, invert, undo", async () => {
  const { work, stage, user } = open();
  act(() => stage.focus());
  await user.keyboard("{[}{[}");
  expect(screen.getByText("7 px")).toBeInTheDocument();
  await user.keyboard("{]}{]}");
  // Space held while the brush walks is one stroke.
  await user.keyboard("{ArrowLeft}{ArrowLeft}[Space>]{ArrowRight}{ArrowRight}{ArrowRight}[/Space]");
  expect([masked(work, 40, 50), masked(work, 55, 50), masked(work, 70, 50)]).toEqual([
    true,
    true,
    false,
  ]);
  await waitFor(() =>
    expect(screen.getByRole("status")).toHaveTextContent(/percent is masked|percent across/),
  );
  await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
  await waitFor(() =>
    expect(screen.getByRole("status")).toHaveTextContent(
      "55 percent across, 51 percent down, masked",
    ),
  );
  await user.keyboard("e{Enter}{ArrowLeft}{Enter}");
  expect([masked(work, 55, 51), masked(work, 50, 51)]).toEqual([false, false]);
  await user.keyboard("{Control>}z{/Control}");
  expect(masked(work, 55, 51)).toBe(true);
  await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
  expect(masked(work, 55, 51)).toBe(false);
  await user.keyboard("{Control>}z{/Control}i");
  expect([masked(work, 55, 51), masked(work, 0, 0)]).toEqual([false, true]);
  expect(screen.getByRole("status")).toHaveTextContent(/Inverted/);
});

test("Escape takes a lowered brush's stroke back, and lets the page have it otherwise", async () => {
  const { work, stage, user } = open();
  const heard = vi.fn();
  const listen = (event: KeyboardEvent) => heard(event.key, event.defaultPrevented);
  window.addEventListener("keydown", listen);
  act(() => stage.focus());
  await user.keyboard("{Enter}{ArrowLeft}{Escape}");
  expect(work.mask.bytes.every((value) => value === 0)).toBe(true);
  expect(work.painting).toBe(false);
  expect(heard).toHaveBeenLastCalledWith("Escape", true);
  await user.keyboard("{Escape}");
  expect(heard).toHaveBeenLastCalledWith("Escape", false);
  window.removeEventListener("keydown", listen);
});

test("leaving the stage ends the stroke instead of losing it", async () => {
  const { work, stage, user } = open();
  act(() => stage.focus());
  await user.keyboard("{Enter}");
  act(() => stage.blur());
  expect(work.undoable).toBe("Stroke");
});

test("the picture is extended by keyboard and by dragging, each undone in one go", async () => {
  const { work, user } = open();
  await user.click(screen.getByRole("button", { name: "Extend the picture" }));
  const left = screen.getByRole("slider", { name: "Extend to the left" });
  act(() => left.focus());
  await user.keyboard("{ArrowLeft}{ArrowLeft}{ArrowRight}{Shift>}{ArrowLeft}{/Shift}");
  expect(work.extend.left).toBe(72);
  expect(left).toHaveAttribute("aria-valuetext", "72 pixels");
  await user.keyboard("{Home}");
  expect(work.extend.left).toBe(0);
  const bottom = screen.getByRole("slider", { name: "Extend at the bottom" });
  fireEvent.pointerDown(bottom, { pointerId: 1, button: 0, clientX: 0, clientY: 0 });
  for (const clientY of [30, 70, 100])
    fireEvent.pointerMove(bottom, { pointerId: 1, clientX: 0, clientY });
  fireEvent.pointerUp(bottom, { pointerId: 1 });
  expect(work.extend.bottom).toBe(24);
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(work.extend.bottom).toBe(0);
  expect(work.undoable).toBe("Extend");
});

test("zoom by buttons and keys, and back to the whole picture", async () => {
  const { stage, user } = open();
  const picture = stage.querySelector("img")?.parentElement as HTMLElement;
  const before = picture.style.transform;
  await user.click(screen.getByRole("button", { name: "Zoom in" }));
  expect(screen.getByRole("status")).toHaveTextContent("Zoom 500 percent");
  act(() => stage.focus());
  await user.keyboard("+-");
  expect(picture.style.transform).not.toBe(before);
  await user.keyboard("0");
  expect(picture.style.transform).toBe(before);
});
