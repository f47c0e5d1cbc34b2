// Short names for the generated schemas that pages and components speak of.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Job = Schemas["JobOut"];
export type JobState = Job["state"];
export type JobRequest = Job["request"];
export type Image = Schemas["ImageOut"];
export type Model = Schemas["ModelOut"];
export type Feedback = -1 | 0 | 1;
export type GenerateBody = Schemas["GenerateRequest"];
export type VariationsBody = Schemas["VariationsRequest"];
export type System = Schemas["SystemOut"];
export type Sampler = JobRequest["sampler"];
export type Schedule = JobRequest["schedule"];
