// Saves the picture in the format one needs; each carries the prompt and all settings.
import { Icon, IconButton, Menu, Text } from "@chakra-ui/react";
import { Download } from "lucide-react";
import type { Image } from "@/api/types";
import { downloadUrl, type Format, formats } from "@/utils/download";

const labels: Record<Format, { name: string; hint: string }> = {
  png: { name: "PNG", hint: "every pixel exact" },
  jpeg: { name: "JPEG", hint: "small, opens anywhere" },
  webp: { name: "WebP", hint: "smallest" },
};

export function DownloadMenu({ image }: { image: Image }) {
  return (
    <Menu.Root positioning={{ placement: "bottom-end", strategy: "fixed" }} lazyMount>
      <Menu.Trigger asChild>
        <IconButton variant="outline" aria-label="Download" title="Download">
          <Icon as={Download} aria-hidden />
        </IconButton>
      </Menu.Trigger>
      <Menu.Positioner>
        <Menu.Content minWidth="56">
          <Menu.ItemGroup>
            <Menu.ItemGroupLabel color="fg.muted" fontWeight="normal">
              With prompt, settings and rating inside
            </Menu.ItemGroupLabel>
            {formats.map((format) => (
              <Menu.Item key={format} value={format} asChild>
                <a href={downloadUrl(image.image_url, format)} download>
                  {labels[format].name}
                  <Text as="span" color="fg.muted" ms="auto">
                    {labels[format].hint}
                  </Text>
                </a>
              </Menu.Item>
            ))}
          </Menu.ItemGroup>
        </Menu.Content>
      </Menu.Positioner>
    </Menu.Root>
  );
}
