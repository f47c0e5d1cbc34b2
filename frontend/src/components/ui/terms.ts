// The field's terms as the interface writes them.
import type { Sampler, Schedule } from "@/api/types";

export const samplers: Record<Sampler, string> = {
  euler: "Euler",
  euler_a: "Euler ancestral",
  heun: "Heun",
  lms: "LMS",
  ddim: "DDIM",
  ddpm: "DDPM",
  pndm: "PNDM",
  dpmpp_2m: "DPM++ 2M",
  dpmpp_2m_sde: "DPM++ 2M SDE",
  dpmpp_sde: "DPM++ SDE",
  unipc: "UniPC",
  lcm: "LCM",
};

export const schedules: Record<Schedule, string> = {
  normal: "Normal",
  karras: "Karras",
  exponential: "Exponential",
  sgm_uniform: "SGM uniform",
  ays: "Align Your Steps",
};

/** What other studios write where they have another name for it. */
export const foreignNames: Partial<Record<Sampler | Schedule, string>> = {
  euler_a: "Euler a",
  pndm: "PLMS",
  sgm_uniform: "SGM Uniform",
};
