import { sampleImage, sampleModel } from "@/testing/samples";
import { check, draftOfImage, effective, emptyDraft, modelOf, toBody } from "./draft";

const starter = sampleModel();
const big = sampleModel({ name: "big", title: "Big", active: false, size_multiple: 64 });

test("an empty form uses the model's defaults and a random seed", () => {
  expect(effective(emptyDraft, starter)).toMatchObject({
    width: "256",
    num_inference_steps: "20",
    guidance_scale: "4",
    sampler: "dpmpp_2m",
    seed: "-1",
    num_images: "1",
    model: "starter",
  });
});

test("only what was typed is sent", () => {
  const draft = { ...emptyDraft, prompt: " a cat ", guidance_scale: "0", seed: "0" };
  expect(toBody(draft, starter)).toEqual({
    prompt: "a cat",
    guidance_scale: 0,
    seed: 0,
    num_images: 1,
  });
});

test.each([
  ["prompt", "  ", /describe/i],
  ["width", "250", /try 248 or 256/],
  ["height", "1024", /from 8 to 512/],
  ["num_inference_steps", "0", /from 1 to 150/],
  ["num_inference_steps", "2.5", /whole number/],
  ["guidance_scale", "51", /from 0 to 50/],
  ["guidance_scale", "1e999", /from 0 to 50/],
  ["seed", "-2", /from -1/],
  ["seed", "9007199254740992", /to 9007199254740991/],
  ["num_images", "101", /from 1 to 100/],
])("%s of %s is objected to", (name, value, message) => {
  const draft = { ...emptyDraft, prompt: "a cat", [name]: value };
  const errors = check(draft, starter);
  expect(Object.keys(errors)).toEqual([name]);
  expect(errors[name as keyof typeof errors]).toMatch(message);
});

test("the edges of what is allowed pass", () => {
  const draft = { ...emptyDraft, prompt: "a", width: "8", height: "512", seed: "9007199254740991" };
  expect(check(draft, starter)).toEqual({});
});

test("a chosen model that isn't ready gives way to the active one", () => {
  const draft = { ...emptyDraft, prompt: "a", model: "big" };
  expect(modelOf(draft, [starter, big])?.name).toBe("big");
  const gone = { ...big, state: "failed" as const };
  expect(modelOf(draft, [starter, gone])?.name).toBe("starter");
  expect(toBody(draft, starter).model).toBeUndefined();
});

test("a picture's settings draw it again", () => {
  const image = sampleImage({ seed: 42, width: 192, negative_prompt: "blur" });
  expect(toBody(draftOfImage(image), starter)).toEqual({
    prompt: "a red apple",
    negative_prompt: "blur",
    width: 192,
    height: 256,
    num_inference_steps: 20,
    guidance_scale: 4,
    sampler: "dpmpp_2m",
    schedule: "karras",
    seed: 42,
    num_images: 1,
    model: "starter",
  });
});

test("a picture with a second pass fills the form with the size of the first", () => {
  const hires = { scale: 2, strength: 0.4, num_inference_steps: 12, upscaler: "lanczos" as const };
  const image = sampleImage({ width: 512, height: 384 });
  const params = { ...image.params, width: 256, height: 192, hires };
  expect(draftOfImage({ ...image, params })).toMatchObject({
    width: "256",
    height: "192",
    hires_scale: "2",
    hires_strength: "0.4",
    hires_steps: "12",
    hires_upscaler: "lanczos",
  });
  expect(draftOfImage(image)).toMatchObject({ width: "512", hires_scale: "" });
});
