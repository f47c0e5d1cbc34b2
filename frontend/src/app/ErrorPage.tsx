// Where a broken page lands: what happened, and a way on. Everything else keeps running.
import { Button } from "@chakra-ui/react";
import { TriangleAlert } from "lucide-react";
import { useRouteError } from "react-router";
import { ApiProblem, Unreachable } from "@/api/problem";
import { Notice } from "@/components/ui/Notice";

function sentence(error: unknown): string {
  if (error instanceof ApiProblem || error instanceof Unreachable) return error.message;
  if (error instanceof TypeError && /import|module|fetch/i.test(error.message)) {
    return "A part of this page couldn't be fetched. The studio may be restarting, or it was updated.";
  }
  return "Something in this page broke. Your pictures and settings are safe.";
}

export function ErrorPage() {
  const error = useRouteError();
  return (
    <Notice icon={TriangleAlert} heading="h1" title="This page couldn't be shown" role="alert">
      {sentence(error)}
      <Button onClick={() => window.location.reload()}>Reload the page</Button>
    </Notice>
  );
}
