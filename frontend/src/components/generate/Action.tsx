// A quiet button: written out where there is room, an icon with its name where there isn't.
import { Button, Icon, IconButton } from "@chakra-ui/react";
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
  const style = { size: "sm", variant: "ghost", ...button } as const;
  if (roomy) {
    return (
      <Button {...style} px="2" title={hint}>
        <Icon as={icon} aria-hidden />
        {label}
      </Button>
    );
  }
  return (
    <IconButton {...style} aria-label={label} title={`${label}: ${hint}`}>
      <Icon as={icon} aria-hidden />
    </IconButton>
  );
}
