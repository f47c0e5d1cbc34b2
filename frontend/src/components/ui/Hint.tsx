// A tooltip with the field's own term or the exact value; reachable by keyboard through its trigger.
import { Portal, Tooltip } from "@chakra-ui/react";
import type { ReactElement, ReactNode } from "react";

type Props = { label: ReactNode; children: ReactElement };

export function Hint({ label, children }: Props) {
  return (
    <Tooltip.Root openDelay={300} closeDelay={50} positioning={{ placement: "top" }} lazyMount>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Portal>
        <Tooltip.Positioner>
          <Tooltip.Content>{label}</Tooltip.Content>
        </Tooltip.Positioner>
      </Portal>
    </Tooltip.Root>
  );
}
