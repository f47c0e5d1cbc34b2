// Short names for the generated schemas that pages and components speak of.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Job = Schemas["JobOut"];
export type JobState = Job["state"];
export type Image = Schemas["ImageOut"];
export type Model = Schemas["ModelOut"];
export type Feedback = -1 | 0 | 1;
export type GenerateBody = Schemas["GenerateIn"];
export type VariationsBody = Schemas["VariationsIn"];
export type Sampler = NonNullable<GenerateBody["sampler"]>;
export type Schedule = NonNullable<GenerateBody["schedule"]>;
