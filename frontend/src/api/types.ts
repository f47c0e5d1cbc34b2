// Short names for the generated schemas that pages and components speak of.
import type { components } from "./schema";

type Schemas = components["schemas"];

/** Any job, a training too. */
export type AnyJob = Schemas["JobOut"];
export type JobRequest = NonNullable<AnyJob["request"]>;
/** A job that draws: it has a request for pictures. */
export type Job = AnyJob & { request: JobRequest };
export type JobState = Job["state"];
export type Image = Schemas["ImageOut"];
export type Model = Schemas["ModelOut"];
export type Feedback = -1 | 0 | 1;
export type GenerateBody = Schemas["GenerateRequest"];
export type VariationsBody = Schemas["VariationsRequest"];
export type EditsBody = Schemas["EditRequest"];
export type HiresBody = Schemas["HiresRequest"];
export type StyleReference = Schemas["StyleReferenceOut"];
export type ResizeMode = NonNullable<VariationsBody["resize_mode"]>;
export type System = Schemas["SystemOut"];
export type Sampler = JobRequest["sampler"];
export type Schedule = JobRequest["schedule"];
export type Upscaler = NonNullable<HiresBody["upscaler"]>;
export type Version = NonNullable<Model["version"]>;
export type Taste = Schemas["FeedbackSummary"];
export type ImageSet = Schemas["PreferenceSet"];
export type RetrainBody = Schemas["RetrainRequest"];
export type RetrainStatus = Schemas["RetrainStatus"];
export type RetrainState = RetrainStatus["state"];
export type RetrainPreview = Schemas["RetrainPreview"];
export type RetrainExample = Schemas["PreviewExample"];
export type RetrainEstimate = NonNullable<RetrainPreview["estimate"]>;
export type TrainingNews = Schemas["TrainingData"];
export type Vocabulary = Schemas["VocabularyOut"];
