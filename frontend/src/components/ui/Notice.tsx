// The designed empty, failed and not-found states: an icon, a title, a sentence, what to do.
import { EmptyState, Heading, Icon, VStack } from "@chakra-ui/react";
import type { LucideIcon } from "lucide-react";
import { Children, type ReactNode } from "react";

type Props = {
  icon: LucideIcon;
  title: string;
  /** "h1" when the notice is the whole page. */
  heading?: "h1" | "h2";
  role?: "alert" | "status";
  children?: ReactNode;
};

export function Notice({ icon, title, heading = "h2", role, children }: Props) {
  const [text, ...actions] = Children.toArray(children);
  return (
    <EmptyState.Root role={role} py="16">
      <EmptyState.Content>
        <EmptyState.Indicator>
          <Icon as={icon} aria-hidden />
        </EmptyState.Indicator>
        <VStack textAlign="center" gap="2">
          <Heading as={heading} size="md">
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
