// A quiet button: written out where there is room, an icon with its name where there isn't.
import { Box, Button, Icon } from "@chakra-ui/react";
import type { LucideIcon } from "lucide-react";

type Props = {
  label: string;
  hint: string;
  icon: LucideIcon;
  roomy: boolean;
  loading?: boolean;
  onClick: () => void;
};

export function Action({ label, hint, icon, roomy, ...button }: Props) {
  return (
    <Button
      {...button}
      size={roomy ? "sm" : "xs"}
      variant="ghost"
      px="2"
      aria-label={label}
      title={`${label}: ${hint}`}
    >
      <Icon as={icon} aria-hidden />
      {roomy && (
        <Box as="span" hideBelow="md">
          {label}
        </Box>
      )}
    </Button>
  );
}
