import { createToaster, Portal, Stack, Toast, Toaster } from "@chakra-ui/react";

export const toaster = createToaster({ placement: "bottom", pauseOnPageIdle: true, max: 3 });

export default function Toasts() {
  return (
    <Portal>
      <Toaster
        toaster={toaster}
        insetInline={{ mdDown: "4" }}
        marginBottom={{
          base: "calc(var(--bottom-nav) + var(--toasts-lift, 0px))",
          md: "var(--toasts-lift, 0px)",
        }}
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
      </Toaster>
    </Portal>
  );
}
