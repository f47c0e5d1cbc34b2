import { expect, it } from "vitest";
import type { Image } from "@/api/types";
import { imageOf } from "@/testing/fakeGallery";
import { sampleImage } from "@/testing/samples";
import { parametersOf, parametersText } from "./parameters";

const image = imageOf(7, {
  prompt: "a red apple",
  negative_prompt: "blurry",
  seed: 42,
  width: 512,
  height: 768,
  params: {
    num_inference_steps: 20,
    guidance_scale: 7.5,
    sampler: "dpmpp_2m",
    schedule: "karras",
    strength: 0.4,
  },
});

it("lists every parameter in words, with the plain value to copy", () => {
  expect(parametersOf(image)).toEqual([
    { name: "Negative prompt", value: "blurry" },
    { name: "Seed", value: "42" },
    { name: "Size", value: "512 × 768 pixels", copy: "512x768" },
    { name: "Steps", value: "20" },
    { name: "Guidance", value: "7.5" },
    { name: "Sampler", value: "DPM++ 2M", copy: "dpmpp_2m" },
    { name: "Schedule", value: "Karras", copy: "karras" },
    { name: "Variation strength", value: "40 %", copy: "0.4" },
  ]);
});

it("copies everything in the form that other studios read", () => {
  expect(parametersText(image)).toBe(
    [
      "a red apple",
      "Negative prompt: blurry",
      "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 42, " +
        "Size: 512x768, Model: starter, Denoising strength: 0.4",
    ].join("\n"),
  );
});

it.each([
  ["euler_a", "sgm_uniform", "Sampler: Euler a, Schedule type: SGM Uniform"],
  ["pndm", "ays", "Sampler: PLMS, Schedule type: Align Your Steps"],
  ["dpmpp_sde", "exponential", "Sampler: DPM++ SDE, Schedule type: Exponential"],
] as const)("calls %s and %s what other studios call them", (sampler, schedule, text) => {
  const params = { ...image.params, sampler, schedule };
  expect(parametersText({ ...image, params })).toContain(text);
});

it("keeps the grammar whatever a prompt or a model's name holds", () => {
  const odd = imageOf(1, {
    prompt: "a sign: Negative prompt: no",
    model: 'v1.5, "pruned"',
    params: {} as Image["params"],
  });
  expect(parametersText(odd)).toBe(
    "a sign: Negative prompt\u2060: no\n" +
      'Seed: 1001, Size: 256x256, Model: "v1.5, \\"pruned\\""',
  );
});

it("says with which program a picture was made", () => {
  const params = { imported_from: "ComfyUI" } as unknown as Image["params"];
  const made = { name: "Made with", value: "ComfyUI" };
  expect(parametersOf(imageOf(1, { params }))).toContainEqual(made);
});

it("copes with pictures of programs that recorded nothing", () => {
  const bare = imageOf(1, { seed: null, params: {} as Image["params"], model: "" });
  expect(parametersOf(bare)).toEqual([
    { name: "Size", value: "256 × 256 pixels", copy: "256x256" },
  ]);
  expect(parametersText(bare)).toBe("picture number 1\nSize: 256x256");
});

test("a second pass and an edit are told, to people and to other studios", () => {
  const image = sampleImage({ width: 512, height: 384 });
  const hires = { scale: 2, strength: 0.4, num_inference_steps: 12, upscaler: "lanczos" as const };
  const params = { ...image.params, width: 256, height: 192, hires };
  const large = { ...image, params };
  expect(parametersText(large)).toContain(
    "Size: 256x192, Model: starter, Denoising strength: 0.4, Hires upscale: 2, Hires steps: 12, " +
      "Hires upscaler: Lanczos",
  );
  expect(parametersOf(large)).toContainEqual({
    name: "Hi-res",
    value: "2 ×, 12 steps at 40 %, lanczos",
    copy: "2",
  });
  const extend = { left: 64, top: 0, right: 8, bottom: 0 };
  const edited = { ...image.params, strength: 1, mask: "sha256:1", mask_blur: 6, extend };
  const rows = parametersOf({ ...image, params: edited });
  expect(rows).toContainEqual({ name: "Extended", value: "left 64, right 8" });
  expect(rows).toContainEqual({ name: "Edit strength", value: "100 %", copy: "1" });
  expect(parametersText({ ...image, params: edited })).toContain("Mask blur: 6");
});
