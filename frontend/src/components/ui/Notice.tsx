// The designed empty, failed and not-found states: an icon, a title, a sentence, what to do.
import { EmptyState, Heading, Icon, VStack } from "@chakra-ui/react";
import type { LucideIcon } from "lucide-react";
import { Children, type ReactNode } from "react";

type Props = { icon: LucideIcon; title: string; role?: "alert" | "status"; children?: ReactNode };

export function Notice({ icon, title, role, children }: Props) {
  const [text, ...actions] = Children.toArray(children);
  return (
    <EmptyState.Root role={role} py="16">
      <EmptyState.Content>
        <EmptyState.Indicator>
          <Icon as={icon} aria-hidden />
        </EmptyState.Indicator>
        <VStack textAlign="center" gap="2">
          <Heading as="h2" size="md">
            {title}
          </Heading>
          {text !== undefined && (
            <EmptyState.Description maxWidth="44ch">{text}</EmptyState.Description>
          )}
        </VStack>
        {actions}
      </EmptyState.Content>
    </EmptyState.Root>
  );
}
