// Whether the server answers, learnt from the event stream and from every call.
import { createStore, useStore } from "@/utils/store";

export type Connection = "connecting" | "online" | "offline";

export const connection = createStore<Connection>("connecting");

export function useConnection(): Connection {
  return useStore(connection);
}
