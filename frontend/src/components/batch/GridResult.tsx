// A grid as a table with its values as headings, and the way to its contact sheet.
import { Box, Button, Icon, Text } from "@chakra-ui/react";
import { Download } from "lucide-react";
import { type Batch, sheetUrl, useBatchJobs } from "@/api/batches";
import { Failed } from "@/components/ui/Failed";
import { Cell } from "./Cell";
import { parameterName } from "./words";

const mostCells = 500;

export function GridResult({
  batch,
  names,
}: {
  batch: Batch;
  names: (parameter: string, value: string) => string;
}) {
  const { data, error, refetch } = useBatchJobs(batch.id, { limit: mostCells });
  const { grid } = batch;
  if (!grid) return null;
  if (error && !data) return <Failed what="The grid" error={error} onRetry={refetch} />;
  const columns = grid.x.labels.length;
  const rows = grid.y?.labels ?? [""];
  const cells = data?.items ?? [];
  return (
    <Box>
      <Button asChild size="sm" variant="outline" mb="4">
        <a href={sheetUrl(batch.id)} download>
          <Icon as={Download} aria-hidden />
          Contact sheet
        </a>
      </Button>
      <Box overflowX="auto" tabIndex={0} role="region" aria-label="The grid" pb="2">
        <Box
          as="table"
          width={columns > 4 ? "max-content" : "full"}
          minWidth="full"
          css={{ tableLayout: "fixed", borderCollapse: "separate", borderSpacing: "6px" }}
        >
          <Text as="caption" textAlign="start" textStyle="sm" color="fg.muted" mb="2">
            {parameterName(grid.x.parameter)} from column to column
            {grid.y && `, ${parameterName(grid.y.parameter).toLowerCase()} from row to row`}
          </Text>
          <thead>
            <tr>
              {grid.y && <Box as="td" width={{ base: "20", md: "32" }} />}
              {grid.x.labels.map((label) => (
                <Box
                  asChild
                  key={label}
                  width={columns > 4 ? { base: "28", md: "44" } : undefined}
                  minWidth="20"
                  fontWeight="medium"
                  textStyle="sm"
                  verticalAlign="bottom"
                  overflowWrap="anywhere"
                >
                  <th scope="col">{names(grid.x.parameter, label)}</th>
                </Box>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((label, row) => (
              <tr key={label}>
                {grid.y && (
                  <Box
                    asChild
                    fontWeight="medium"
                    textStyle="sm"
                    textAlign="end"
                    overflowWrap="anywhere"
                    pe="1"
                  >
                    <th scope="row">{names(grid.y.parameter, label)}</th>
                  </Box>
                )}
                {cells.slice(row * columns, (row + 1) * columns).map((job) => (
                  <td key={job.id}>
                    <Cell job={job} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </Box>
      </Box>
    </Box>
  );
}
