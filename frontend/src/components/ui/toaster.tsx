// Short messages that come and go. `notify` for news, `notifyError` for what failed.
import { Toaster as ChakraToaster, createToaster, Portal, Stack, Toast } from "@chakra-ui/react";
import { explain } from "@/api/problem";

const toaster = createToaster({ placement: "bottom", pauseOnPageIdle: true, max: 3 });

type Action = { label: string; onClick: () => void };

export function notify(title: string, action?: Action): void {
  toaster.create({
    title,
    type: "info",
    duration: action ? 8000 : 4000,
    ...(action && { action }),
  });
}

export function notifyError(error: unknown, title = "That didn't work"): void {
  toaster.create({ title, description: explain(error), type: "error", duration: 10_000 });
}

export function Toaster() {
  return (
    <Portal>
      <ChakraToaster
        toaster={toaster}
        insetInline={{ mdDown: "4" }}
        marginBottom={{ base: "var(--bottom-nav)", md: "0" }}
      >
        {(toast) => (
          <Toast.Root width={{ md: "sm" }}>
            <Stack gap="1" flex="1" maxWidth="100%">
              {toast.title && <Toast.Title>{toast.title}</Toast.Title>}
              {toast.description && <Toast.Description>{toast.description}</Toast.Description>}
            </Stack>
            {toast.action && <Toast.ActionTrigger>{toast.action.label}</Toast.ActionTrigger>}
            <Toast.CloseTrigger aria-label="Close" />
          </Toast.Root>
        )}
      </ChakraToaster>
    </Portal>
  );
}
