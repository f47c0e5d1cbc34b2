import { expect, test } from "vitest";
import { coverage, cut, emptyMask, invert, maskOfPixels, maskSize, paintLine, paste } from "./mask";

const picture = (width: number, pixels: number[][]) =>
  ({
    width,
    height: pixels.length / width,
    data: new Uint8ClampedArray(pixels.flat()),
  }) as ImageData;

test("a thick line is every pixel whose centre is near enough to it", () => {
  const mask = emptyMask({ width: 40, height: 30 });
  const [from, to, radius] = [{ x: 6.2, y: 21.7 }, { x: 31.4, y: 8.9 }, 4.3];
  const rect = paintLine(mask, from, to, radius, 255);
  const length2 = (to.x - from.x) ** 2 + (to.y - from.y) ** 2;
  let wrong = 0;
  for (let y = 0; y < mask.height; y += 1) {
    for (let x = 0; x < mask.width; x += 1) {
      const at = { x: x + 0.5 - from.x, y: y + 0.5 - from.y };
      const along = (at.x * (to.x - from.x) + at.y * (to.y - from.y)) / length2;
      const share = Math.min(1, Math.max(0, along));
      const far = Math.hypot(at.x - share * (to.x - from.x), at.y - share * (to.y - from.y));
      const painted = mask.bytes[y * mask.width + x] === 255;
      if (painted !== far <= radius) wrong += 1;
      const inside = x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom;
      if (painted && !inside) wrong += 1;
    }
  }
  expect(wrong).toBe(0);
  expect(coverage(mask)).toBeGreaterThan(0.2);
});

test("a line beyond the edge paints what is inside, and one outside nothing", () => {
  const mask = emptyMask({ width: 10, height: 10 });
  const rect = paintLine(mask, { x: -5, y: 5 }, { x: 3, y: 5 }, 2, 255);
  expect(rect).toEqual({ left: 0, top: 3, right: 5, bottom: 7 });
  expect(paintLine(mask, { x: 30, y: 30 }, { x: 40, y: 30 }, 2, 255)).toEqual({
    left: 0,
    top: 0,
    right: 0,
    bottom: 0,
  });
});

test("what is cut can be pasted back", () => {
  const mask = emptyMask({ width: 6, height: 5 });
  paintLine(mask, { x: 3, y: 2 }, { x: 3, y: 2 }, 1.6, 255);
  const before = mask.bytes.slice();
  const rect = { left: 1, top: 0, right: 5, bottom: 4 };
  const part = cut(mask, rect);
  invert(mask);
  paste(mask, rect, part);
  invert(mask);
  invert(mask);
  expect(cut(mask, rect)).toEqual(part);
  expect(mask.bytes[5]).toBe(255);
  expect(before[5]).toBe(0);
});

test("a huge picture's mask is smaller, of the same shape", () => {
  expect(maskSize({ width: 512, height: 384 })).toEqual({ width: 512, height: 384 });
  const { width, height } = maskSize({ width: 8000, height: 5000 });
  expect(width * height).toBeLessThan(4_010_000);
  expect(width / height).toBeCloseTo(1.6, 2);
});

test("a mask picture is read by its brightness", () => {
  const { bytes } = maskOfPixels(
    picture(3, [
      [0, 0, 0, 255],
      [128, 128, 128, 255],
      [255, 255, 255, 255],
    ]),
  );
  expect([...bytes]).toEqual([0, 128, 255]);
});

test("a picture of one colour with holes is a mask whose holes are redrawn", () => {
  const hole = [9, 9, 9, 0];
  const rest = [0, 0, 0, 255];
  expect([...maskOfPixels(picture(2, [hole, rest])).bytes]).toEqual([255, 0]);
  const colourful = picture(2, [
    [255, 255, 255, 255],
    [0, 0, 0, 128],
  ]);
  expect([...maskOfPixels(colourful).bytes]).toEqual([255, 0]);
});
