// Where a picture can go next: into the form as a start or for its look, under the brush, into
// variations.
import { Icon, IconButton, Menu, Portal } from "@chakra-ui/react";
import { Forward, type LucideIcon, Paintbrush, Pipette, Shapes, Sparkles } from "lucide-react";
import { Link, useNavigate } from "react-router";
import { useVariations } from "@/api/jobs";
import type { Image } from "@/api/types";
import { mainLandmark } from "@/components/ui/main";
import { notify, notifyError } from "@/components/ui/toaster";

export const startAddress = (id: number) => `/?start=${id}`;
export const lookAddress = (id: number) => `/?look=${id}`;
export const editAddress = (id: number) => `/edit?image=${id}`;

type Props = {
  image: Image;
  size?: "xs" | "sm" | "md";
  variant?: "ghost" | "outline";
  tabIndex?: number;
  /** What "vary" does where there is a form for it; else four variations are started. */
  onVary?: () => void;
  onOpenChange?: (open: boolean) => void;
};

export function SendMenu({ image, size = "sm", variant = "ghost", ...props }: Props) {
  const { tabIndex, onVary, onOpenChange } = props;
  const vary = useVariations();
  const navigate = useNavigate();

  function varyNow(): void {
    vary.mutate(
      { image_id: image.id, strength: 0.5, num_variations: 4 },
      {
        onSuccess: () =>
          notify("Four variations are being drawn", {
            label: "Look",
            onClick: () => void navigate(`/images/${image.id}`),
          }),
        onError: (error) => notifyError(error, "No variations were started"),
      },
    );
  }

  return (
    <Menu.Root
      positioning={{ placement: "bottom-end", strategy: "fixed" }}
      lazyMount
      unmountOnExit
      onOpenChange={({ open }) => onOpenChange?.(open)}
    >
      <Menu.Trigger asChild>
        <IconButton
          size={size}
          variant={variant}
          aria-label="Send to…"
          title="Send to…"
          tabIndex={tabIndex}
        >
          <Icon as={Forward} aria-hidden />
        </IconButton>
      </Menu.Trigger>
      <Portal container={mainLandmark}>
        <Menu.Positioner>
          {/* A press here is none on the picture that the menu belongs to. */}
          <Menu.Content minWidth="48" onKeyDown={(event) => event.stopPropagation()}>
            <Way value="generate" icon={Sparkles} to={startAddress(image.id)}>
              Generate from it
            </Way>
            <Way value="look" icon={Pipette} to={lookAddress(image.id)}>
              Take its look
            </Way>
            <Way value="edit" icon={Paintbrush} to={editAddress(image.id)}>
              Edit it
            </Way>
            <Menu.Item value="vary" onClick={onVary ?? varyNow}>
              <Icon as={Shapes} boxSize="4" aria-hidden />
              Vary it
            </Menu.Item>
          </Menu.Content>
        </Menu.Positioner>
      </Portal>
    </Menu.Root>
  );
}

type WayProps = { value: string; icon: LucideIcon; to: string; children: string };

function Way({ value, icon, to, children }: WayProps) {
  return (
    <Menu.Item value={value} asChild>
      <Link to={to}>
        <Icon as={icon} boxSize="4" aria-hidden />
        {children}
      </Link>
    </Menu.Item>
  );
}
