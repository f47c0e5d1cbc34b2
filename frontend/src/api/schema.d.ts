// Generated from backend/openapi.json by `npm run types`. Don't edit.

export interface paths {
    "/api/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest batches, newest first. */
        get: operations["list_batches"];
        put?: never;
        /** Draw many prompts. When a line is wrong nothing is begun, and `errors` name every one. */
        post: operations["create_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batches/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read a table of prompts and check every line, without drawing anything. */
        post: operations["preview_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batches/{batch_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One batch: how far it is. */
        get: operations["get_batch"];
        put?: never;
        post?: never;
        /** Cancel the rest of a batch. Pictures that are finished stay. */
        delete: operations["cancel_batch"];
        options?: never;
        head?: never;
        /** Pause a batch, so that others pass, or let it go on. A pause survives a restart. */
        patch: operations["change_batch"];
        trace?: never;
    };
    "/api/batches/{batch_id}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The jobs of a batch in the order of its rows; of a grid, its cells row by row. */
        get: operations["list_batch_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/edits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redraw a part of a picture, or extend it.
         * @description The source is a picture of the gallery (`image_id`), or one sent along (`image`). `mask` says
         *     what is redrawn, `extend` what is added; everything else keeps its pixels, but for `mask_blur`
         *     pixels around it.
         */
        post: operations["edits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything that happens: jobs, their progress and previews, pictures, models. */
        get: operations["stream_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rate a picture: 1 like, -1 dislike, 0 takes the rating back. */
        post: operations["rate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/feedback/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many ratings there are, what they are enough for, and what to do next. */
        get: operations["summarise_feedback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Draw pictures from text.
         * @description Waits for the pictures up to a bounded time (see `Prefer`); what isn't finished by then goes on,
         *     and the answer says where to look.
         */
        post: operations["generate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Draw a grid. It is a batch: `/api/batches` tells how far it is, pauses and cancels it. */
        post: operations["create_grid"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grids/{batch_id}/sheet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The contact sheet of a grid, as far as it is drawn; places without a picture stay empty. */
        get: operations["get_sheet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search, filter, sort and page through the gallery (or the trash). */
        get: operations["list_images"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Move many pictures to the trash, or back. Unknown ids are passed over. */
        patch: operations["change_images"];
        trace?: never;
    };
    "/api/images/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many pictures there are, by rating, and in the trash. */
        get: operations["count_images"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/images/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pictures that fit the filters of the gallery, as a zip that is made while it is sent. */
        get: operations["export_filtered"];
        put?: never;
        /** The pictures of these ids, as the same zip. A form, so that a browser saves the answer. */
        post: operations["export_chosen"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/images/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take pictures into the gallery, with the prompt, settings and rating they come with.
         * @description These are read from `metadata`, or from the pictures themselves as `/api/infotext` does. A
         *     picture that is there already isn't taken twice. A file that can't be taken costs no other.
         */
        post: operations["import_images"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/images/{image_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One picture, also from the trash. */
        get: operations["get_image"];
        put?: never;
        post?: never;
        /** Move a picture to the trash; with `permanent=true` delete it from there for ever. */
        delete: operations["delete_image"];
        options?: never;
        head?: never;
        /** Change title or tags, move to the trash or back. */
        patch: operations["change_image"];
        trace?: never;
    };
    "/api/images/{image_id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The picture itself: PNG for all that was drawn here. */
        get: operations["get_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/images/{image_id}/neighbours": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pictures before and after one, under the filters and order of a gallery page. */
        get: operations["get_neighbours"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/images/{image_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A small version of the picture: JPEG, or WebP if it was made by an earlier version. */
        get: operations["get_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/infotext": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the settings out of a picture of this or another program.
         * @description Tastemaker's own record, AUTOMATIC1111's infotext (Forge, SD.Next and others write it too), and
         *     the metadata of ComfyUI, InvokeAI, SwarmUI and Fooocus. The picture isn't kept.
         */
        post: operations["read_infotext"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs, newest first. */
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job: its state, how far it is, its pictures. */
        get: operations["get_job"];
        put?: never;
        post?: never;
        /**
         * Cancel a job. A waiting one ends at once, a running one after its current step.
         * @description A training saves what it has learned and can be resumed.
         */
        delete: operations["cancel_job"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happens to one job. The stream ends with the job. */
        get: operations["stream_job_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the models, ready or not. */
        get: operations["list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take in a LoRA or an exported version made elsewhere, as a trained version.
         * @description Only safetensors are read; pickles (.ckpt, .pt, .bin) are refused. Everything is checked before
         *     the version is there: that the tensors fit the model it goes on, file names, sizes.
         */
        post: operations["import_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a trained version for ever. Pictures that it drew stay. */
        delete: operations["delete_model"];
        options?: never;
        head?: never;
        /** Give a trained version another title; its name never changes. */
        patch: operations["rename_model"];
        trace?: never;
    };
    "/api/models/{name}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a model the one that draws when a request names none. */
        post: operations["activate_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/{name}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a download, or go on with one that was stopped or failed. */
        post: operations["start_download"];
        /** Stop a download until it is started again. */
        delete: operations["stop_download"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/{name}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A trained version as files that plain diffusers loads.
         * @description A LoRA is one file, to be loaded on the model it rests on; a fully trained version is the zip of
         *     a whole pipeline folder.
         */
        get: operations["export_model"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/{name}/grids/{side}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A version's samples, or its parent's of the same prompts and seeds. */
        get: operations["get_grid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/{name}/vocabulary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that a model knows, and the words for it, if it knows only so much. */
        get: operations["get_vocabulary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record which picture is better than the others.
         * @description An earlier choice between two of these pictures, either way round, is replaced.
         */
        post: operations["prefer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preferences/next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pictures of one prompt that have not been compared yet, newest prompts first. */
        get: operations["next_comparison"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preferences/{choice}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a choice back. */
        delete: operations["undo_preference"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The prompts that were drawn, as they were typed, and the favourites; the latest first. */
        get: operations["list_prompts"];
        /** Make a prompt a favourite, or an ordinary one again. */
        put: operations["mark_prompt"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/prompts/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a prompt with styles and alternatives becomes, without drawing it. */
        post: operations["resolve_prompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/prompts/surprise": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A prompt that the owner may like, composed anew from what was rated highly. */
        post: operations["surprise_me"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/prompts/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How many of the text encoder's tokens texts take, by the model's own tokenizer. */
        post: operations["count_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/prompts/{prompt_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a prompt from the history. Pictures keep theirs. */
        delete: operations["forget_prompt"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is being drawn and what waits, in order. Trainings have a queue of their own. */
        get: operations["get_queue"];
        put?: never;
        post?: never;
        /** Cancel everything that waits. What is being drawn goes on. */
        delete: operations["clear_queue"];
        options?: never;
        head?: never;
        /** Pause the queue or let it go on. A pause survives a restart. */
        patch: operations["change_queue"];
        trace?: never;
    };
    "/api/queue/moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a waiting job, or a batch, in front of another or behind everything. */
        post: operations["move_in_queue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retrain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Learn from ratings or a dataset: makes a new version of a model. One training at a time. */
        post: operations["start_retraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retrain/grids/{job_id}/{step}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Samples drawn with a checkpoint; step 0 is the model before training. */
        get: operations["get_retraining_grid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retrain/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Save the training and stop until it is resumed. */
        post: operations["pause_retraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retrain/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the training set would be now: counts, rejected rows, captions, time and memory. */
        get: operations["preview_retraining"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retrain/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a paused training go on, or one that was cancelled or failed and left a checkpoint. */
        post: operations["resume_retraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retrain/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the current training is, or how the latest one ended. */
        get: operations["retraining_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/styles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The styles. Those without a prompt of their own are presets of what to avoid. */
        get: operations["list_styles"];
        put?: never;
        /** Keep a new style. */
        post: operations["create_style"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/styles/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All styles as a styles.csv. */
        get: operations["export_styles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/styles/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take in a styles.csv. When a line is wrong nothing is taken, and `errors` name every one. */
        post: operations["import_styles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/styles/{style_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change a style. Pictures that were drawn with it keep the prompt that drew them. */
        put: operations["change_style"];
        post?: never;
        /** Remove a style. */
        delete: operations["delete_style"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the user interface needs to know about the server. */
        get: operations["get_system"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/variations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Draw variations of a picture.
         * @description The source is a picture of the gallery (`image_id`), or one sent along as base64 (`image`) or as
         *     a file of a form. Whatever is absent is as in the source, or as the model has it by default.
         */
        post: operations["variations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/wildcards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The wildcards: those written here and those put into the data folder by hand. */
        get: operations["list_wildcards"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/wildcards/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One wildcard as it was written. */
        get: operations["get_wildcard"];
        /** Write a wildcard, whether it was there or not. */
        put: operations["put_wildcard"];
        post?: never;
        /** Remove a wildcard. */
        delete: operations["delete_wildcard"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the web server lives. */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers for Prometheus. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a model is loaded. */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The web server answers. */
        Alive: {
            /** @constant */
            status: "ok";
            version: string;
        };
        /** @description One direction of a grid. */
        AxisOut: {
            parameter: string;
            labels: string[];
        };
        /** @description One direction of a grid. */
        AxisRequest: {
            /**
             * @description `prompt` looks for the first value in the prompt and puts each value in its place; `styles` names one style per value.
             * @enum {string}
             */
            parameter: "prompt" | "negative_prompt" | "seed" | "num_inference_steps" | "guidance_scale" | "sampler" | "schedule" | "model" | "styles" | "width" | "height";
            /** @description As text. Numbers may be ranges: `1-5`, `10-30 (+5)`, `10-30:5`, `1-10 [4]`. */
            values: string[];
        };
        /** @description Pause a batch, or let it go on. */
        BatchChange: {
            /** @description What is being drawn is finished in any case. */
            paused: boolean;
        };
        /** @description Its jobs by state. */
        BatchCounts: {
            queued: number;
            running: number;
            succeeded: number;
            failed: number;
            cancelled: number;
        };
        /** @description Jobs of a batch in the order of its rows. */
        BatchJobs: {
            items: components["schemas"]["JobOut"][];
            total: number;
        };
        /**
         * @description What the requests of a batch have to do with each other.
         * @enum {string}
         */
        BatchKind: "prompts" | "grid";
        /** @description The newest batches, newest first. */
        BatchList: {
            items: components["schemas"]["BatchOut"][];
        };
        /** @description A batch as it is now. */
        BatchOut: {
            id: string;
            kind: components["schemas"]["BatchKind"];
            title: string;
            state: components["schemas"]["BatchState"];
            /** Format: date-time */
            created_at: string;
            finished_at: string | null;
            num_jobs: number;
            num_images: number;
            finished_images: number;
            counts: components["schemas"]["BatchCounts"];
            /** @description While it runs, once its pace is known. */
            eta_seconds: number | null;
            grid: components["schemas"]["GridOut"] | null;
            /** @description A few of its newest pictures. */
            images: components["schemas"]["ImageOut"][];
        };
        /** @description What a batch would draw; nothing was begun. */
        BatchPreview: {
            is_csv: boolean;
            columns: string[];
            /** @description Rows without a fault. */
            num_rows: number;
            num_images: number;
            /** @description The first of them. */
            rows: components["schemas"]["RowPreview"][];
            num_errors: number;
            /** @description By line; the first thousand. */
            errors: components["schemas"]["RowProblem"][];
        };
        /** @description Many prompts in one text. */
        BatchRequest: {
            /** @description One prompt per line; or CSV whose first line names the columns: `prompt` and any of the parameters of `/api/generate`. What a row leaves empty comes from `defaults`. */
            text: string;
            /**
             * @description `auto` takes it for CSV when its first line names a column `prompt`.
             * @default auto
             */
            format?: components["schemas"]["TableFormat"];
            /** @description For what a row doesn't say. */
            defaults?: components["schemas"]["DrawingParameters"];
            /**
             * @description Absent: its first prompt.
             * @default null
             */
            title?: string | null;
        };
        /**
         * @description Where a batch is: finished means that nothing of it waits or runs, however that ended.
         * @enum {string}
         */
        BatchState: "waiting" | "running" | "paused" | "finished";
        /** @description One point of the curves; step 0 is the model before training. */
        CurvePoint: {
            step: number;
            /** @description What is minimised, averaged since the last point. */
            loss: number | null;
            validation_loss: number | null;
            learning_rate: number | null;
        };
        /**
         * @description What a training learns from: the ratings in the gallery, a dataset, both together, or the
         *     look of a few chosen pictures, whatever their rating.
         * @enum {string}
         */
        DataSource: "feedback" | "dataset" | "both" | "pictures";
        /** @description What a model draws with when the request doesn't say. */
        DefaultsOut: {
            width: number;
            height: number;
            num_inference_steps: number;
            guidance_scale: number;
            sampler: components["schemas"]["Sampler"];
            schedule: components["schemas"]["Schedule"];
        };
        /**
         * @description Whose way of writing settings into a picture it is.
         * @enum {string}
         */
        Dialect: "tastemaker" | "a1111" | "comfyui" | "invokeai" | "swarmui" | "fooocus";
        /** @description How far a download is; null while unknown. */
        DownloadOut: {
            downloaded_bytes: number;
            total_bytes: number | null;
            eta_seconds: number | null;
        };
        /** @description Text to image, without the text. */
        DrawingParameters: {
            /**
             * @description What the picture should not show.
             * @default null
             */
            negative_prompt?: string | null;
            /** @default null */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /** @default null */
            num_inference_steps?: number | null;
            /**
             * @description How strongly the prompt is followed; up to 1 means no guidance.
             * @default null
             */
            guidance_scale?: number | null;
            /**
             * @description Absent or -1 draws a random seed; the seed used is always reported.
             * @default null
             */
            seed?: number | null;
            /**
             * @description `heun` and `dpmpp_sde` evaluate the model twice per step. `lcm` is for models distilled for it, takes at most 50 steps and keeps its own schedule.
             * @default null
             */
            sampler?: components["schemas"]["Sampler"] | null;
            /**
             * @description `ays` (Align Your Steps) was found for Stable Diffusion 1.5 and XL, each with levels of its own.
             * @default null
             */
            schedule?: components["schemas"]["Schedule"] | null;
            /**
             * @description Name of a model; absent means the active one.
             * @default null
             */
            model?: string | null;
            /**
             * @description Image i is drawn with the seed plus i.
             * @default 1
             */
            num_images?: number;
            /** @description Names of styles to put on the prompt, in this order. */
            styles?: string[];
            /**
             * @description `{a|b}` and `__wildcard__` in the prompt are chosen by the seed of each picture, whose record keeps both the prompt and its template. false: the prompt is drawn as it is written.
             * @default true
             */
            alternatives?: boolean;
            /** @default null */
            hires?: components["schemas"]["HiresRequest"] | null;
        };
        /** @description Redraw what the mask marks, or extend the picture, or both; the rest stays as it is. */
        EditRequest: {
            /**
             * @description What the picture should not show.
             * @default null
             */
            negative_prompt?: string | null;
            /** @default null */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /** @default null */
            num_inference_steps?: number | null;
            /**
             * @description How strongly the prompt is followed; up to 1 means no guidance.
             * @default null
             */
            guidance_scale?: number | null;
            /**
             * @description Absent or -1 draws a random seed; the seed used is always reported.
             * @default null
             */
            seed?: number | null;
            /**
             * @description `heun` and `dpmpp_sde` evaluate the model twice per step. `lcm` is for models distilled for it, takes at most 50 steps and keeps its own schedule.
             * @default null
             */
            sampler?: components["schemas"]["Sampler"] | null;
            /**
             * @description `ays` (Align Your Steps) was found for Stable Diffusion 1.5 and XL, each with levels of its own.
             * @default null
             */
            schedule?: components["schemas"]["Schedule"] | null;
            /**
             * @description Name of a model; absent means the active one.
             * @default null
             */
            model?: string | null;
            /**
             * @description What the new part should show. Required with an uploaded picture; otherwise the source's prompt.
             * @default null
             */
            prompt?: string | null;
            /**
             * @description How much of the masked part is redrawn: near 0 almost nothing, 1 everything. What `extend` adds is always wholly new.
             * @default 1
             */
            strength?: number;
            /**
             * @description Image i is drawn with the seed plus i.
             * @default 1
             */
            num_images?: number;
            /**
             * @description Pixels around the mask over which new and old merge.
             * @default 4
             */
            mask_blur?: number;
            /**
             * @description true: the masked area alone is drawn, at the model's full resolution, and put back; false: the whole picture is.
             * @default false
             */
            only_masked?: boolean;
            /**
             * @description Pixels of its surroundings that are drawn along with `only_masked`.
             * @default 32
             */
            padding?: number;
            /** @default null */
            image_id?: number | null;
            /**
             * @description A picture as base64 or as a data URI.
             * @default null
             */
            image?: string | null;
            /**
             * @description A PNG as base64 or as a data URI, of the picture's proportions: white is redrawn, black is kept. With transparency and otherwise one colour, the transparent part is redrawn.
             * @default null
             */
            mask?: string | null;
            /** @default null */
            extend?: components["schemas"]["ExtendRequest"] | null;
        };
        /** @description The same as a form with uploaded files. */
        EditUpload: {
            /**
             * @description What the picture should not show.
             * @default null
             */
            negative_prompt?: string | null;
            /** @default null */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /** @default null */
            num_inference_steps?: number | null;
            /**
             * @description How strongly the prompt is followed; up to 1 means no guidance.
             * @default null
             */
            guidance_scale?: number | null;
            /**
             * @description Absent or -1 draws a random seed; the seed used is always reported.
             * @default null
             */
            seed?: number | null;
            /**
             * @description `heun` and `dpmpp_sde` evaluate the model twice per step. `lcm` is for models distilled for it, takes at most 50 steps and keeps its own schedule.
             * @default null
             */
            sampler?: components["schemas"]["Sampler"] | null;
            /**
             * @description `ays` (Align Your Steps) was found for Stable Diffusion 1.5 and XL, each with levels of its own.
             * @default null
             */
            schedule?: components["schemas"]["Schedule"] | null;
            /**
             * @description Name of a model; absent means the active one.
             * @default null
             */
            model?: string | null;
            /**
             * @description What the new part should show. Required with an uploaded picture; otherwise the source's prompt.
             * @default null
             */
            prompt?: string | null;
            /**
             * @description How much of the masked part is redrawn: near 0 almost nothing, 1 everything. What `extend` adds is always wholly new.
             * @default 1
             */
            strength?: number;
            /**
             * @description Image i is drawn with the seed plus i.
             * @default 1
             */
            num_images?: number;
            /**
             * @description Pixels around the mask over which new and old merge.
             * @default 4
             */
            mask_blur?: number;
            /**
             * @description true: the masked area alone is drawn, at the model's full resolution, and put back; false: the whole picture is.
             * @default false
             */
            only_masked?: boolean;
            /**
             * @description Pixels of its surroundings that are drawn along with `only_masked`.
             * @default 32
             */
            padding?: number;
            /** @default null */
            image_id?: number | null;
            /**
             * @description The picture's file (PNG, JPEG, WebP, ...).
             * @default null
             */
            image?: string | null;
            /**
             * @description The mask's file, as in `EditRequest`.
             * @default null
             */
            mask?: string | null;
            /**
             * @description As JSON text.
             * @default null
             */
            extend?: string | null;
        };
        /** @description Time and memory of such a training, measured with a few real steps on this machine. */
        EstimateOut: {
            /** @enum {string} */
            state: "measuring" | "ready" | "unavailable";
            seconds: number | null;
            seconds_per_step: number | null;
            memory_bytes: number | null;
            memory_available_bytes: number | null;
            disk_bytes: number;
            steps: number;
            /** @description What the numbers mean, for people. */
            detail: string;
        };
        /** @description Which pictures to export. */
        ExportForm: {
            /** @description Ids of pictures, comma-separated. */
            ids: string;
        };
        /** @description Pixels that were added on each side. */
        ExtendOut: {
            left: number;
            top: number;
            right: number;
            bottom: number;
        };
        /** @description Pixels to add on each side. */
        ExtendRequest: {
            /** @default 0 */
            left?: number;
            /** @default 0 */
            top?: number;
            /** @default 0 */
            right?: number;
            /** @default 0 */
            bottom?: number;
        };
        /** @description A rating; it replaces the one before. */
        FeedbackRequest: {
            image_id: number;
            /** @description -1 dislike, 0 not rated, 1 like. */
            feedback: number;
        };
        /** @description How much is known of the owner's taste, and what to do about it. */
        FeedbackSummary: {
            liked: number;
            disliked: number;
            unrated: number;
            /** @description Pairs of a preferred and a rejected picture. */
            preferences: number;
            /** @description too_few: nothing can be learned yet; likes: from liked pictures alone; preferences: from both kinds; plenty: more would hardly change the result. */
            level: components["schemas"]["RatingLevel"];
            /** @description Ratings until the next level; 0 at the top. */
            needed: number;
            advice: string;
        };
        /** @description One wrong value. */
        FieldProblem: {
            /** @description Its name as the caller wrote it; dots lead into objects. */
            field: string;
            /** @description What is allowed. */
            message: string;
        };
        /**
         * @description What a picture can be saved as.
         * @enum {string}
         */
        FileFormat: "png" | "jpeg" | "webp";
        /** @description Text to image. */
        GenerateRequest: {
            /**
             * @description What the picture should not show.
             * @default null
             */
            negative_prompt?: string | null;
            /** @default null */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /** @default null */
            num_inference_steps?: number | null;
            /**
             * @description How strongly the prompt is followed; up to 1 means no guidance.
             * @default null
             */
            guidance_scale?: number | null;
            /**
             * @description Absent or -1 draws a random seed; the seed used is always reported.
             * @default null
             */
            seed?: number | null;
            /**
             * @description `heun` and `dpmpp_sde` evaluate the model twice per step. `lcm` is for models distilled for it, takes at most 50 steps and keeps its own schedule.
             * @default null
             */
            sampler?: components["schemas"]["Sampler"] | null;
            /**
             * @description `ays` (Align Your Steps) was found for Stable Diffusion 1.5 and XL, each with levels of its own.
             * @default null
             */
            schedule?: components["schemas"]["Schedule"] | null;
            /**
             * @description Name of a model; absent means the active one.
             * @default null
             */
            model?: string | null;
            /**
             * @description Image i is drawn with the seed plus i.
             * @default 1
             */
            num_images?: number;
            /** @description Names of styles to put on the prompt, in this order. */
            styles?: string[];
            /**
             * @description `{a|b}` and `__wildcard__` in the prompt are chosen by the seed of each picture, whose record keeps both the prompt and its template. false: the prompt is drawn as it is written.
             * @default true
             */
            alternatives?: boolean;
            /** @default null */
            hires?: components["schemas"]["HiresRequest"] | null;
            /** @description What the picture should show. */
            prompt: string;
            /** @default null */
            style_reference?: components["schemas"]["StyleReferenceRequest"] | null;
        };
        /** @description The axes of a grid. Its jobs are its cells row by row. */
        GridOut: {
            x: components["schemas"]["AxisOut"];
            y: components["schemas"]["AxisOut"] | null;
        };
        /** @description The same picture over one or two parameters. Without a seed one is drawn for all of it. */
        GridRequest: {
            /**
             * @description What the picture should not show.
             * @default null
             */
            negative_prompt?: string | null;
            /** @default null */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /** @default null */
            num_inference_steps?: number | null;
            /**
             * @description How strongly the prompt is followed; up to 1 means no guidance.
             * @default null
             */
            guidance_scale?: number | null;
            /**
             * @description Absent or -1 draws a random seed; the seed used is always reported.
             * @default null
             */
            seed?: number | null;
            /**
             * @description `heun` and `dpmpp_sde` evaluate the model twice per step. `lcm` is for models distilled for it, takes at most 50 steps and keeps its own schedule.
             * @default null
             */
            sampler?: components["schemas"]["Sampler"] | null;
            /**
             * @description `ays` (Align Your Steps) was found for Stable Diffusion 1.5 and XL, each with levels of its own.
             * @default null
             */
            schedule?: components["schemas"]["Schedule"] | null;
            /**
             * @description Name of a model; absent means the active one.
             * @default null
             */
            model?: string | null;
            /**
             * @description Image i is drawn with the seed plus i.
             * @default 1
             */
            num_images?: number;
            /** @description Names of styles to put on the prompt, in this order. */
            styles?: string[];
            /**
             * @description `{a|b}` and `__wildcard__` in the prompt are chosen by the seed of each picture, whose record keeps both the prompt and its template. false: the prompt is drawn as it is written.
             * @default true
             */
            alternatives?: boolean;
            /** @default null */
            hires?: components["schemas"]["HiresRequest"] | null;
            /** @description What the pictures should show. */
            prompt: string;
            /** @description From column to column. */
            x: components["schemas"]["AxisRequest"];
            /**
             * @description From row to row.
             * @default null
             */
            y?: components["schemas"]["AxisRequest"] | null;
            /**
             * @description Absent: its prompt.
             * @default null
             */
            title?: string | null;
        };
        /**
         * @description Which samples: those of the parent, or those of the version itself.
         * @enum {string}
         */
        GridSide: "before" | "after";
        /** @description The second pass at a larger size. */
        HiresOut: {
            scale: number;
            strength: number;
            num_inference_steps: number;
            upscaler: components["schemas"]["Upscaler"];
        };
        /** @description A second pass at a larger size: the picture is enlarged, then drawn over. */
        HiresRequest: {
            /**
             * @description Times `width` and `height`, rounded to what the model can draw; at most its `max_size`.
             * @default 2
             */
            scale?: number;
            /**
             * @description How much the second pass redraws: near 0 almost nothing, 1 everything.
             * @default 0.5
             */
            strength?: number;
            /**
             * @description Absent: as in the first pass.
             * @default null
             */
            num_inference_steps?: number | null;
            /**
             * @description `latent` enlarges the latents, which invents more detail and wants a strength of 0.5 or more; `lanczos` enlarges the pixels and stays closer to the first pass.
             * @default latent
             */
            upscaler?: components["schemas"]["Upscaler"];
        };
        /** @description Changes of one picture; absent fields stay as they are. */
        ImageChange: {
            /** @default  */
            title?: string;
            /** @default [] */
            tags?: string[];
            /**
             * @description true: to the trash; false: back from it.
             * @default false
             */
            deleted?: boolean;
        };
        /** @description How many pictures there are. `total` doesn't count the trash. */
        ImageCounts: {
            total: number;
            liked: number;
            disliked: number;
            unrated: number;
            trashed: number;
        };
        /** @description A picture is finished and in the gallery. */
        ImageData: {
            job_id: string;
            image_index: number;
            image_id: number;
        };
        ImageEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event: "image";
            data: string;
            /** @description Give it back to resume after this message. */
            id?: string;
        };
        /** @description One picture. */
        ImageOut: {
            id: number;
            prompt: string;
            negative_prompt: string;
            seed: number | null;
            params: components["schemas"]["ImageParams"];
            /** @description -1 dislike, 0 not rated, 1 like. */
            feedback: number;
            /** Format: date-time */
            created_at: string;
            width: number;
            height: number;
            model: string;
            /** @description The picture this one is a variation or an edit of. */
            parent_id: number | null;
            job_id: string | null;
            title: string;
            tags: string[];
            /** @description Why the safety checker blurred it, else null. */
            flagged: string | null;
            /** @description Why it can't be shown, else null. */
            unreadable: string | null;
            /** @description When it was moved to the trash, else null. */
            deleted_at: string | null;
            image_url: string;
            thumbnail_url: string;
            /**
             * @description The picture as base64 PNG, with `include=image_data`, else null.
             * @default null
             */
            image_data?: string | null;
        };
        /** @description Part of the gallery, in the order asked for. */
        ImagePage: {
            items: components["schemas"]["ImageOut"][];
            /** @description Give it as `cursor` for what follows; null: the end. */
            next_cursor: string | null;
            /**
             * @description All that match, with `include=total`, else null.
             * @default null
             */
            total?: number | null;
        };
        /** @description Sampling parameters of a picture. Pictures of older programs may lack some or have more. */
        ImageParams: {
            /** @default null */
            num_inference_steps?: number | null;
            /** @default null */
            guidance_scale?: number | null;
            /** @default null */
            sampler?: components["schemas"]["Sampler"] | null;
            /** @default null */
            schedule?: components["schemas"]["Schedule"] | null;
            /** @default null */
            strength?: number | null;
            /** @default null */
            resize_mode?: components["schemas"]["ResizeMode"] | null;
            /** @default null */
            hires?: components["schemas"]["HiresOut"] | null;
            /** @default null */
            style_reference?: components["schemas"]["StyleReferenceOut"] | null;
            /**
             * @description Content address of the picture it started from.
             * @default null
             */
            init_image?: string | null;
            /**
             * @description Content address of an edit's mask.
             * @default null
             */
            mask?: string | null;
            /** @default null */
            mask_blur?: number | null;
            /** @default null */
            only_masked?: boolean | null;
            /** @default null */
            padding?: number | null;
            /** @default null */
            extend?: components["schemas"]["ExtendOut"] | null;
            /**
             * @description Width at which it was asked to be drawn, where the picture has another.
             * @default null
             */
            width?: number | null;
            /**
             * @description Height at which it was asked to be drawn, where the picture has another.
             * @default null
             */
            height?: number | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description Order of the gallery; `best` is by rating, then newest.
         * @enum {string}
         */
        ImageSort: "newest" | "oldest" | "best";
        /** @description The same change for many pictures. */
        ImagesChange: {
            ids: number[];
            /** @description true: to the trash; false: back from it. */
            deleted: boolean;
        };
        /** @description How many pictures changed. */
        ImagesChanged: {
            changed: number;
        };
        /** @description What became of each file, in the order they were sent. */
        ImportOut: {
            items: components["schemas"]["ImportedFile"][];
        };
        /** @description Pictures to take into the gallery, with what is known of them. */
        ImportUpload: {
            /** @description The pictures' files. */
            files: string[];
            /**
             * @description Lines of a `metadata.jsonl`: JSON objects whose `file_name` is that of a file; with `feedback` (-1, 0, 1), `text` (the prompt), or all that an export says.
             * @default
             */
            metadata?: string;
        };
        /** @description What became of one file. */
        ImportedFile: {
            file_name: string;
            /** @enum {string} */
            status: "imported" | "duplicate" | "failed";
            /** @description The new picture, or the one that was there already. */
            image_id: number | null;
            /** @description Whose metadata it carried, else null. */
            program: string | null;
            /** @description Why it failed, or what else to know; else null. */
            detail: string | null;
        };
        /** @description What a picture says of how it was made. `settings` is null when it says nothing. */
        InfotextOut: {
            /** @description Whose way of writing it is, else null. */
            dialect: components["schemas"]["Dialect"] | null;
            /** @description That program's name for people, else null. */
            program: string | null;
            settings: components["schemas"]["RecoveredSettings"] | null;
            unmapped: components["schemas"]["UnmappedSetting"][];
            /** @description What else to know, in sentences. */
            notes: string[];
        };
        /** @description A picture whose settings are to be read. */
        InfotextUpload: {
            /**
             * Format: binary
             * @description The picture's file (PNG, JPEG, WebP, ...).
             */
            image: string;
        };
        /** @description A job changed its state. */
        JobData: {
            job_id: string;
            state: components["schemas"]["JobState"];
            /** @default null */
            error?: string | null;
            /** @default null */
            attempts?: number | null;
            /**
             * @description Finished pictures; null: see the job.
             * @default null
             */
            image_ids?: number[] | null;
            /**
             * @description It waits until it is resumed; only trainings do.
             * @default false
             */
            paused?: boolean;
        };
        JobEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event: "job";
            data: string;
            /** @description Give it back to resume after this message. */
            id?: string;
        };
        /**
         * @description What a job makes.
         * @enum {string}
         */
        JobKind: "generate" | "variations" | "edits" | "retrain";
        /** @description Where to go from here. */
        JobLinks: {
            self: string;
            events: string;
        };
        /** @description One job. `images` are the pictures finished so far, in the order of their index. */
        JobOut: {
            id: string;
            kind: components["schemas"]["JobKind"];
            state: components["schemas"]["JobState"];
            /** @description Of jobs that draw; else null. */
            request: components["schemas"]["JobRequestOut"] | null;
            /** @description Of kind retrain; else null. */
            retrain: components["schemas"]["RetrainRequestOut"] | null;
            /** @description The batch that it belongs to. */
            batch_id: string | null;
            /** @description It waits until it is resumed. */
            paused: boolean;
            /** Format: date-time */
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
            attempts: number;
            /** @description What happened and what to do, when it failed. */
            error: string | null;
            images: components["schemas"]["ImageOut"][];
            /** @description 0 is next; null when not waiting. */
            queue_position: number | null;
            progress: components["schemas"]["JobProgress"] | null;
            links: components["schemas"]["JobLinks"];
        };
        /** @description Jobs, newest first. */
        JobPage: {
            items: components["schemas"]["JobOut"][];
            /** @description Give it as `before` for older ones; null: the end. */
            next_before: string | null;
        };
        /** @description How far a running job is. */
        JobProgress: {
            image_index: number | null;
            step: number;
            total_steps: number;
            finished_images: number | null;
            num_images: number | null;
            eta_seconds: number | null;
        };
        /** @description What was asked for, with every default filled in. */
        JobRequestOut: {
            prompt: string;
            /** @description What was typed, where styles or alternatives made another prompt of it. */
            template: string | null;
            /** @description Styles that were put on the prompt. */
            styles: string[] | null;
            negative_prompt: string;
            model: string;
            width: number;
            height: number;
            num_inference_steps: number;
            guidance_scale: number;
            /** @description An integer up to 2^63-1. Seeds that the server draws are below 2^53, so that JavaScript keeps them exact. */
            seed: number;
            num_images: number;
            sampler: components["schemas"]["Sampler"];
            schedule: components["schemas"]["Schedule"];
            /** @description Only of variations and edits. */
            strength: number | null;
            /** @description The picture of the gallery that is varied or edited, if any. */
            parent_id: number | null;
            /** @description Only of variations. */
            resize_mode: components["schemas"]["ResizeMode"] | null;
            /** @description The second pass, if there is one. */
            hires: components["schemas"]["HiresOut"] | null;
            /** @description The picture whose look carries over, if there is one. */
            style_reference: components["schemas"]["StyleReferenceOut"] | null;
            /** @description Only of edits. */
            mask_blur: number | null;
            /** @description Only of edits. */
            only_masked: boolean | null;
            /** @description Only of edits with `only_masked`. */
            padding: number | null;
            /** @description Only of edits that extend the picture. */
            extend: components["schemas"]["ExtendOut"] | null;
            /** @description Width of the finished pictures, where it isn't `width`. */
            final_width: number | null;
            /** @description Height of the finished pictures, where it isn't `height`. */
            final_height: number | null;
        };
        /** @description The state at the start of one job's stream that resumes nothing. */
        JobSnapshotData: {
            job: components["schemas"]["JobOut"];
        };
        JobSnapshotEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event: "snapshot";
            data: string;
            /** @description Give it back to resume after this message. */
            id?: string;
        };
        /**
         * @description Where a job is in its life: queued → running → one of the three ends.
         * @enum {string}
         */
        JobState: "queued" | "running" | "succeeded" | "failed" | "cancelled";
        /** @description One message of `/api/jobs/{job_id}/events`. */
        JobStreamEvent: components["schemas"]["JobSnapshotEvent"] | components["schemas"]["JobEvent"] | components["schemas"]["ProgressEvent"] | components["schemas"]["PreviewEvent"] | components["schemas"]["ImageEvent"] | components["schemas"]["TrainingEvent"];
        /** @description The most that one request may ask for. */
        Limits: {
            max_images: number;
            max_steps: number;
            max_guidance_scale: number;
            max_prompt_length: number;
            max_queue: number;
            max_upload_bytes: number;
            max_upload_pixels: number;
        };
        /** @description Where a dataset's pictures and captions come from. */
        MappingOut: {
            image: string;
            caption: string | null;
            /** @description Why these. */
            how: string;
        };
        /** @description A new title. The name stays, because pictures record it. */
        ModelChange: {
            title: string;
        };
        /** @description A model changed: its state, its download, or which one is active. */
        ModelData: {
            name: string;
            title: string;
            state: components["schemas"]["ModelState"];
            active: boolean;
            progress: components["schemas"]["DownloadOut"] | null;
            notice: string | null;
            error: string | null;
        };
        ModelEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event: "model";
            data: string;
            /** @description Give it back to resume after this message. */
            id?: string;
        };
        /** @description A LoRA or an exported version as a form with an uploaded file. */
        ModelImport: {
            /**
             * Format: binary
             * @description A LoRA (.safetensors), or the zip of a whole version or pipeline.
             */
            file: string;
            /**
             * @description What it goes on; absent: the model on which the active one rests.
             * @default null
             */
            base_model?: string | null;
            /**
             * @description Its name for good; absent: made from the file's name.
             * @default null
             */
            name?: string | null;
            /** @default null */
            title?: string | null;
        };
        /**
         * @description Where a model comes from.
         * @enum {string}
         */
        ModelKind: "embedded" | "base" | "local" | "trained";
        /** @description All models, and the name of the active one. */
        ModelList: {
            items: components["schemas"]["ModelOut"][];
            active: string | null;
        };
        /** @description One model. */
        ModelOut: {
            name: string;
            title: string;
            /** @description embedded: comes with the studio; base: from the hub; local: a folder put there by hand; trained: a version made or imported here. */
            kind: components["schemas"]["ModelKind"];
            /** @description A hub id, or `embedded`, `local`, `trained`. */
            source: string;
            state: components["schemas"]["ModelState"];
            active: boolean;
            /** @description Known once the files are there. */
            defaults: components["schemas"]["DefaultsOut"] | null;
            /** @description Width and height are multiples of it, in pixels. */
            size_multiple: number;
            /** @description Largest width and height, in pixels. */
            max_size: number;
            /** @description What to know before using it. */
            notice: string | null;
            example_prompts: string[];
            /** @description Its kind, for people, such as `Stable Diffusion XL`; known once the files are there. */
            family: string | null;
            /** @description Of a LoRA file in the models folder: the model that it is put on, else null. */
            base: string | null;
            /** @description Its own pipeline draws, one picture at a time: `sampler` and `schedule` don't apply, and it makes no variations. */
            own_sampler: boolean;
            /** @description Whether it can be retrained. */
            trainable: boolean;
            progress: components["schemas"]["DownloadOut"] | null;
            /** @description Why it failed and what to do. */
            error: string | null;
            size_bytes: number | null;
            has_safety_checker: boolean;
            /** @description It can say what it draws, at `/vocabulary`. */
            has_vocabulary: boolean;
            /** @description Of trained versions, else null. */
            version: components["schemas"]["VersionOut"] | null;
            /** @description Pictures in the gallery that it drew and that were liked. */
            liked: number;
            /** @description The same, disliked. */
            disliked: number;
            deletable: boolean;
            /** @description Why it can't be deleted now, else null. */
            delete_reason: string | null;
        };
        /**
         * @description Whether a model can draw.
         * @enum {string}
         */
        ModelState: "ready" | "not_downloaded" | "downloading" | "failed" | "refused";
        /** @description The pictures beside one, under the same filters and order; null at the ends. */
        NeighboursOut: {
            previous: number | null;
            next: number | null;
        };
        /**
         * @description What a training is busy with.
         * @enum {string}
         */
        Phase: "waiting" | "reading" | "drawing" | "encoding" | "training" | "evaluating" | "done";
        /** @description What was recorded; `choice` takes it back. */
        PreferenceOut: {
            choice: string;
            /** @description Pairs recorded: one for each rejected picture. */
            pairs: number;
            preferred: components["schemas"]["ImageOut"];
        };
        /** @description One picture is better than each of the others; all show the same prompt. */
        PreferenceRequest: {
            preferred_id: number;
            rejected_ids: number[];
        };
        /** @description Pictures of one prompt that have not been compared yet. */
        PreferenceSet: {
            /** @description Null when there is nothing to compare. */
            prompt: string | null;
            /** @description 2 to 4 pictures, or none. */
            images: components["schemas"]["ImageOut"][];
            /** @description How many such sets are left, this one included. */
            remaining: number;
        };
        /** @description What was taken back. */
        PreferenceUndone: {
            choice: string;
            /** @description Pairs that are no longer recorded. */
            pairs: number;
        };
        /** @description How a picture looks so far. */
        PreviewData: {
            job_id: string;
            image_index: number;
            step: number;
            /** @description A small picture as a data URI. */
            preview: string;
        };
        PreviewEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event: "preview";
            data: string;
            /** @description Give it back to resume after this message. */
            id?: string;
        };
        /** @description One picture with its caption. Its key is for `captions` of `POST /api/retrain`. */
        PreviewExample: {
            key: string;
            caption: string;
            feedback: number;
            image_id: number | null;
            /** @description Of pictures of the gallery. */
            thumbnail_url: string | null;
            /** @description A small data URI; of pictures of a dataset. */
            thumbnail: string | null;
        };
        /** @description An error as RFC 9457 describes it: what was wrong and what to do. */
        Problem: {
            /** @description Names the kind of problem; `about:blank`: see the status. */
            type: string;
            title: string;
            status: number;
            detail: string;
            /**
             * @description Wrong fields, if any.
             * @default null
             */
            errors?: components["schemas"]["FieldProblem"][] | null;
        };
        /** @description A step was taken. */
        ProgressData: {
            job_id: string;
            image_index: number | null;
            step: number;
            total_steps: number;
            finished_images: number;
            num_images: number;
            eta_seconds: number | null;
        };
        ProgressEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event: "progress";
            data: string;
            /** @description Give it back to resume after this message. */
            id?: string;
        };
        /** @description The latest first. */
        PromptList: {
            items: components["schemas"]["PromptOut"][];
        };
        /** @description Make a prompt a favourite, whether it was drawn or not; or an ordinary one again. */
        PromptMark: {
            text: string;
            favourite: boolean;
        };
        /** @description A prompt as it was typed. */
        PromptOut: {
            id: number;
            text: string;
            /** @description 0: a favourite that was never drawn. */
            uses: number;
            /** Format: date-time */
            used_at: string;
            favourite: boolean;
        };
        /** @description Pause the queue, or let it go on. */
        QueueChange: {
            /** @description What is being drawn is finished in any case. */
            paused: boolean;
        };
        /** @description What became of it. */
        QueueCleared: {
            /** @description How many waiting jobs were cancelled. */
            cancelled: number;
        };
        /** @description The queue was paused, resumed, reordered or cleared, or a batch changed as a whole. */
        QueueData: {
            /** @description Nothing new is begun. */
            paused: boolean;
            /**
             * @description The batch that changed, if it was one.
             * @default null
             */
            batch_id?: string | null;
        };
        /** @description One job, or those of a batch that follow each other. */
        QueueEntry: {
            /** @description The first of them. */
            job: components["schemas"]["JobOut"];
            num_jobs: number;
            running: boolean;
            /** @description All of them wait until they are resumed. */
            paused: boolean;
            batch_id: string | null;
            batch_title: string | null;
        };
        QueueEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event: "queue";
            data: string;
            /** @description Give it back to resume after this message. */
            id?: string;
        };
        /** @description Put a waiting job, or all that waits of a batch, somewhere else in the queue. */
        QueueMove: {
            /**
             * @description A job; or name a batch.
             * @default null
             */
            job_id?: string | null;
            /**
             * @description A batch; or name a job.
             * @default null
             */
            batch_id?: string | null;
            /**
             * @description The waiting job to put it in front of; null: behind everything.
             * @default null
             */
            before?: string | null;
        };
        /** @description What is being drawn, then what waits, in the order in which it is taken. */
        QueueOut: {
            /** @description Nothing new is begun. */
            paused: boolean;
            num_running: number;
            num_waiting: number;
            /** @description The first hundred. */
            entries: components["schemas"]["QueueEntry"][];
        };
        /** @description How well a version tells liked from disliked held-out pictures, with a 95 % interval. */
        RatingAucOut: {
            /** @description 0.5 by chance, 1 perfectly. */
            auc: number;
            low: number;
            high: number;
            liked: number;
            disliked: number;
        };
        /**
         * @description What the ratings are enough for.
         * @enum {string}
         */
        RatingLevel: "too_few" | "likes" | "preferences" | "plenty";
        /** @description A model is loaded. */
        Ready: {
            /** @constant */
            status: "ready";
            detail: string;
            device: string | null;
            loaded_models: string[];
        };
        /** @description Settings that can be drawn with here; null is what the picture doesn't say. */
        RecoveredSettings: {
            prompt: string;
            negative_prompt: string;
            width: number | null;
            height: number | null;
            num_inference_steps: number | null;
            guidance_scale: number | null;
            seed: number | null;
            sampler: components["schemas"]["Sampler"] | null;
            schedule: components["schemas"]["Schedule"] | null;
            /** @description Name of a model that is here. */
            model: string | null;
        };
        /** @description Rows of one reason that can't be trained on. */
        RejectedRows: {
            reason: string;
            message: string;
            count: number;
            /** @description The first of them. */
            keys: string[];
        };
        /**
         * @description How a picture of other proportions gets to a size.
         *
         *     ``fit``: all of it inside, one side as its proportions ask. ``crop``: it fills the size, cut
         *     around its middle. ``pad``: all of it inside, the rest filled by its edge. ``stretch``: bent to
         *     the size.
         * @enum {string}
         */
        ResizeMode: "fit" | "crop" | "pad" | "stretch";
        /** @description A prompt with alternatives, to see what it becomes. */
        ResolveRequest: {
            prompt: string;
            styles?: string[];
            /**
             * @description An integer up to 2^63-1. Seeds that the server draws are below 2^53, so that JavaScript keeps them exact.
             * @default 0
             */
            seed?: number;
            /** @default 5 */
            count?: number;
        };
        /** @description What is drawn with the seed, the seed plus 1, … */
        ResolvedOut: {
            prompts: string[];
            negative_prompt: string;
        };
        /** @description How the version compares with its parent on held-out pictures; null: couldn't be told. */
        RetrainMetrics: {
            better_than_parent: boolean | null;
            parent_validation_loss: number | null;
            validation_loss: number | null;
            rating_auc: components["schemas"]["RatingAucOut"] | null;
        };
        /** @description What the training set would be now, and whether a training can start. */
        RetrainPreview: {
            ready: boolean;
            /** @description Why it can't start, and what to do. */
            reason: string | null;
            /**
             * @description What auto means now.
             * @enum {string}
             */
            method: "full" | "lora" | "preference";
            liked: number;
            disliked: number;
            /** @description Pictures of which one was preferred over another. */
            pairs: number;
            /** @description Rows looked at. */
            total: number;
            accepted: number;
            duplicates: number;
            rejected: components["schemas"]["RejectedRows"][];
            /** @description Of a dataset. */
            mapping: components["schemas"]["MappingOut"] | null;
            examples: components["schemas"]["PreviewExample"][];
            /** @description Give it as `cursor` for more examples. */
            next_cursor: number | null;
            /** @description Only the first rows were looked at; there are more. */
            sampled: boolean;
            /** @description What source dataset learns from if none is named. */
            default_dataset: string;
            /** @description All settings in force. */
            options: {
                [key: string]: boolean | number | string | null;
            };
            estimate: components["schemas"]["EstimateOut"] | null;
        };
        /** @description What to learn from, and how. What is absent or null comes from the method's defaults. */
        RetrainRequest: {
            /**
             * @description feedback: pictures rated in the gallery; dataset: a dataset; both: the two together; pictures: the look of the pictures of image_ids.
             * @default feedback
             */
            source?: components["schemas"]["DataSource"];
            /**
             * @description A hub dataset (owner/name); on a server that listens on this machine only, the path of a folder or data file as well.
             * @default null
             */
            dataset?: string | null;
            /**
             * @description With source pictures: 5 to 200 pictures of the gallery whose look is learned; 5 to 20 do.
             * @default null
             */
            image_ids?: number[] | null;
            /**
             * @description With source pictures: words that are put behind their captions, and call for their look in a prompt later.
             * @default null
             */
            style?: string | null;
            /**
             * @description full: all weights of the U-Net learn liked pictures, and disliked ones as what to lead away from; lora: an addition learns the same; preference: an addition, by the preference loss; auto: the model and the number of ratings decide.
             * @default auto
             * @enum {string}
             */
            method?: "auto" | "full" | "lora" | "preference";
            /**
             * @description Most passes over the pictures.
             * @default null
             */
            num_epochs?: number | null;
            /**
             * @description Most optimiser steps.
             * @default null
             */
            max_steps?: number | null;
            /** @default null */
            learning_rate?: number | null;
            /** @default null */
            batch_size?: number | null;
            /** @default null */
            lora_rank?: number | null;
            /** @default null */
            seed?: number | null;
            /**
             * @description Model or version to go on from; absent: the active one.
             * @default null
             */
            base_model?: string | null;
            /**
             * @description Name of the new version; absent: the next free.
             * @default null
             */
            name?: string | null;
            /** @description New captions by the example's key; null leaves the example out. */
            captions?: {
                [key: string]: string | null;
            };
            /**
             * @description Switch the version on if it came out better.
             * @default false
             */
            activate?: boolean;
        };
        /** @description What a training was started with; null where the method's default holds. */
        RetrainRequestOut: {
            /** @description Of the run, and of the version that comes of it. */
            name: string;
            base_model: string;
            source: components["schemas"]["DataSource"];
            dataset: string | null;
            /** @description The chosen pictures of source pictures. */
            image_ids: number[];
            style: string | null;
            /** @enum {string} */
            method: "auto" | "full" | "lora" | "preference";
            num_epochs: number | null;
            max_steps: number | null;
            learning_rate: number | null;
            batch_size: number | null;
            lora_rank: number | null;
            seed: number | null;
            /** @description How many captions were edited or examples left out. */
            captions: number;
            activate: boolean;
        };
        /**
         * @description Where a training is in its life; idle: there never was one.
         * @enum {string}
         */
        RetrainState: "idle" | "queued" | "running" | "pausing" | "paused" | "cancelling" | "succeeded" | "failed" | "cancelled";
        /** @description The current training, or else the latest. */
        RetrainStatus: {
            /** @description It is queued, running or paused: no other can be started. */
            active: boolean;
            state: components["schemas"]["RetrainState"];
            /** @description 0 to 1. */
            progress: number;
            current_epoch: number;
            total_epochs: number;
            current_step: number;
            total_steps: number;
            current_loss: number | null;
            validation_loss: number | null;
            parent_validation_loss: number | null;
            best_step: number | null;
            eta_seconds: number | null;
            completed: boolean;
            start_time: string | null;
            end_time: string | null;
            job_id: string | null;
            /** @description The version that came of it. */
            model: string | null;
            /** @description Of the run. */
            name: string | null;
            parent: string | null;
            method: ("full" | "lora" | "preference") | null;
            phase: components["schemas"]["Phase"];
            phase_done: number;
            phase_total: number;
            /** @description What happened and what to do, when it failed. */
            error: string | null;
            /** @description What happened on the way that is worth knowing. */
            notes: string[];
            options: {
                [key: string]: boolean | number | string | null;
            } | null;
            data: components["schemas"]["TrainingDataOut"] | null;
            curve: components["schemas"]["CurvePoint"][];
            grids: components["schemas"]["SampleGrid"][];
            grid_prompts: string[];
            grid_seeds: number[];
            metrics: components["schemas"]["RetrainMetrics"] | null;
            /** @description What came of it, in plain sentences. */
            summary: string[];
            activated: boolean;
            /** @description `POST /api/retrain/resume` would let it go on. */
            resumable: boolean;
        };
        /** @description What one row asks for. */
        RowPreview: {
            line: number;
            prompt: string;
            width: number;
            height: number;
            num_inference_steps: number;
            guidance_scale: number;
            num_images: number;
            model: string;
        };
        /** @description What is wrong in one line. */
        RowProblem: {
            line: number;
            /** @description The column; empty when it is the line as a whole. */
            field: string;
            message: string;
        };
        /** @description Samples drawn with a checkpoint: a row for each prompt, a column for each seed. */
        SampleGrid: {
            /** @description 0: the model before training. */
            step: number;
            url: string;
        };
        /**
         * @description How the denoising differential equation is integrated.
         * @enum {string}
         */
        Sampler: "euler" | "euler_a" | "heun" | "lms" | "ddim" | "ddpm" | "pndm" | "dpmpp_2m" | "dpmpp_2m_sde" | "dpmpp_sde" | "unipc" | "lcm";
        /**
         * @description How the noise levels (sigmas) are spaced over the steps.
         * @enum {string}
         */
        Schedule: "normal" | "karras" | "exponential" | "sgm_uniform" | "ays";
        /**
         * @description The state at the start of a stream that resumes nothing: everything waiting or running.
         *
         *     Of batches only what `/api/batches` says.
         */
        SnapshotData: {
            jobs: components["schemas"]["JobOut"][];
            models: components["schemas"]["ModelOut"][];
        };
        SnapshotEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event: "snapshot";
            data: string;
            /** @description Give it back to resume after this message. */
            id?: string;
        };
        /** @description One message of `/api/events`. */
        StreamEvent: components["schemas"]["SnapshotEvent"] | components["schemas"]["JobEvent"] | components["schemas"]["ProgressEvent"] | components["schemas"]["PreviewEvent"] | components["schemas"]["ImageEvent"] | components["schemas"]["TrainingEvent"] | components["schemas"]["ModelEvent"] | components["schemas"]["QueueEvent"];
        /** @description A style. Without a prompt of its own it is a preset of what to avoid. */
        StyleBody: {
            name: string;
            /**
             * @description `{prompt}` stands for what was typed; else it is added.
             * @default
             */
            prompt?: string;
            /** @default  */
            negative_prompt?: string;
        };
        /** @description By name. */
        StyleList: {
            items: components["schemas"]["StyleOut"][];
        };
        StyleOut: {
            id: number;
            name: string;
            prompt: string;
            negative_prompt: string;
        };
        /** @description The picture whose look carried over. */
        StyleReferenceOut: {
            /** @description Its content address. */
            image: string;
            /** @description Its number, where it was one of the gallery. */
            image_id: number | null;
            strength: number;
        };
        /**
         * @description A picture whose look carries over, but not what it shows: one of the gallery (`image_id`) or
         *     a given one (`image`).
         */
        StyleReferenceRequest: {
            /** @default null */
            image_id?: number | null;
            /**
             * @description A picture as base64 or as a data URI.
             * @default null
             */
            image?: string | null;
            /**
             * @description How much of its look: near 0 almost nothing, 1 all.
             * @default 0.75
             */
            strength?: number;
        };
        /** @description A styles.csv of A1111's web UI, or one that was exported here. */
        StylesImport: {
            csv: string;
            /**
             * @description Replace styles of the same name; else they stay.
             * @default false
             */
            replace?: boolean;
        };
        StylesImported: {
            added: number;
            replaced: number;
            /** @description Styles of the same name that were left as they are. */
            kept: number;
        };
        /** @description A new prompt; empty when there is nothing to make one of. */
        SurpriseOut: {
            prompt: string;
            parts: components["schemas"]["SurprisePart"][];
        };
        /** @description A part that was chosen, and the ratings of pictures with it. */
        SurprisePart: {
            text: string;
            likes: number;
            dislikes: number;
        };
        /** @description What the surprise is for. */
        SurpriseRequest: {
            /**
             * @description Absent: the active one.
             * @default null
             */
            model?: string | null;
            /**
             * @description The same seed and ratings: the same surprise.
             * @default null
             */
            seed?: number | null;
        };
        /** @description What the user interface needs to know about the server. */
        SystemOut: {
            version: string;
            device: string | null;
            worker: components["schemas"]["WorkerOut"];
            offline: boolean;
            limits: components["schemas"]["Limits"];
        };
        /**
         * @description How the text is written; auto: CSV when its first line names a column ``prompt``.
         * @enum {string}
         */
        TableFormat: "auto" | "lines" | "csv";
        /** @description One thing that a model can draw. */
        TermOut: {
            name: string;
            /** @description Other ways to ask for it. */
            words: string[];
        };
        /** @description Tokens without a window's start and end; the encoder reads `window` of them at a time. */
        TokenCountOut: {
            tokens: number;
            window: number;
            windows: number;
            /** @description Tokens beyond what is read at all. */
            dropped: number;
        };
        /** @description By the tokenizer of the model. */
        TokensOut: {
            model: string;
            prompt: components["schemas"]["TokenCountOut"];
            negative_prompt: components["schemas"]["TokenCountOut"];
        };
        /** @description Texts to count the tokens of. */
        TokensRequest: {
            prompt: string;
            /** @default  */
            negative_prompt?: string;
            /**
             * @description Absent: the active one.
             * @default null
             */
            model?: string | null;
        };
        /** @description A training went on; what is null is as it was, and `RetrainStatus` tells all. */
        TrainingData: {
            job_id: string;
            state: components["schemas"]["RetrainState"];
            phase: components["schemas"]["Phase"];
            phase_done: number;
            phase_total: number;
            /** @description 0 to 1. */
            progress: number;
            current_step: number;
            total_steps: number;
            current_epoch: number;
            current_loss: number | null;
            validation_loss: number | null;
            eta_seconds: number | null;
            /**
             * @description What happened that is worth knowing.
             * @default null
             */
            note?: string | null;
            /**
             * @description Samples of this step are there now.
             * @default null
             */
            grid_step?: number | null;
        };
        /** @description What a training learns from; null while not yet known. */
        TrainingDataOut: {
            source: string;
            /** @description Accepted, before some were held out. */
            pictures: number | null;
            trained_on: number | null;
            held_out: number | null;
            /** @description Rows that can't be trained on. */
            rejected: number | null;
        };
        TrainingEvent: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            event: "training";
            data: string;
            /** @description Give it back to resume after this message. */
            id?: string;
        };
        /** @description Something the picture says that can't be taken over. */
        UnmappedSetting: {
            name: string;
            value: string;
            reason: string;
        };
        /**
         * @description How the first pass is enlarged for the second: its latents, or its pixels by Lanczos.
         * @enum {string}
         */
        Upscaler: "latent" | "lanczos";
        /** @description Variations of a picture: one of the gallery (`image_id`) or a given one (`image`). */
        VariationsRequest: {
            /**
             * @description What the picture should not show.
             * @default null
             */
            negative_prompt?: string | null;
            /** @default null */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /** @default null */
            num_inference_steps?: number | null;
            /**
             * @description How strongly the prompt is followed; up to 1 means no guidance.
             * @default null
             */
            guidance_scale?: number | null;
            /**
             * @description Absent or -1 draws a random seed; the seed used is always reported.
             * @default null
             */
            seed?: number | null;
            /**
             * @description `heun` and `dpmpp_sde` evaluate the model twice per step. `lcm` is for models distilled for it, takes at most 50 steps and keeps its own schedule.
             * @default null
             */
            sampler?: components["schemas"]["Sampler"] | null;
            /**
             * @description `ays` (Align Your Steps) was found for Stable Diffusion 1.5 and XL, each with levels of its own.
             * @default null
             */
            schedule?: components["schemas"]["Schedule"] | null;
            /**
             * @description Name of a model; absent means the active one.
             * @default null
             */
            model?: string | null;
            /**
             * @description Required with an uploaded picture; otherwise the source's prompt.
             * @default null
             */
            prompt?: string | null;
            /**
             * @description How much is redrawn: near 0 almost nothing, 1 everything.
             * @default 0.5
             */
            strength?: number;
            /** @default 4 */
            num_variations?: number;
            /**
             * @description How the source gets to `width` × `height`. `fit`: all of it inside, one side smaller than asked where its proportions ask for that; `crop`: it fills the size, cut around its middle; `pad`: all of it inside, the rest filled by its edge; `stretch`.
             * @default crop
             */
            resize_mode?: components["schemas"]["ResizeMode"];
            /** @default null */
            image_id?: number | null;
            /**
             * @description A picture as base64 or as a data URI.
             * @default null
             */
            image?: string | null;
            /** @default null */
            hires?: components["schemas"]["HiresRequest"] | null;
        };
        /** @description The same as a form with an uploaded file. */
        VariationsUpload: {
            /**
             * @description What the picture should not show.
             * @default null
             */
            negative_prompt?: string | null;
            /** @default null */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /** @default null */
            num_inference_steps?: number | null;
            /**
             * @description How strongly the prompt is followed; up to 1 means no guidance.
             * @default null
             */
            guidance_scale?: number | null;
            /**
             * @description Absent or -1 draws a random seed; the seed used is always reported.
             * @default null
             */
            seed?: number | null;
            /**
             * @description `heun` and `dpmpp_sde` evaluate the model twice per step. `lcm` is for models distilled for it, takes at most 50 steps and keeps its own schedule.
             * @default null
             */
            sampler?: components["schemas"]["Sampler"] | null;
            /**
             * @description `ays` (Align Your Steps) was found for Stable Diffusion 1.5 and XL, each with levels of its own.
             * @default null
             */
            schedule?: components["schemas"]["Schedule"] | null;
            /**
             * @description Name of a model; absent means the active one.
             * @default null
             */
            model?: string | null;
            /**
             * @description Required with an uploaded picture; otherwise the source's prompt.
             * @default null
             */
            prompt?: string | null;
            /**
             * @description How much is redrawn: near 0 almost nothing, 1 everything.
             * @default 0.5
             */
            strength?: number;
            /** @default 4 */
            num_variations?: number;
            /**
             * @description How the source gets to `width` × `height`. `fit`: all of it inside, one side smaller than asked where its proportions ask for that; `crop`: it fills the size, cut around its middle; `pad`: all of it inside, the rest filled by its edge; `stretch`.
             * @default crop
             */
            resize_mode?: components["schemas"]["ResizeMode"];
            /**
             * Format: binary
             * @description The picture's file (PNG, JPEG, WebP, ...).
             */
            image: string;
            /**
             * @description As JSON text.
             * @default null
             */
            hires?: string | null;
        };
        /** @description What was measured on pictures that were not trained on; null where nothing was. */
        VersionMetrics: {
            better_than_parent: boolean | null;
            parent_validation_loss: number | null;
            validation_loss: number | null;
            rating_auc: components["schemas"]["RatingAucOut"] | null;
        };
        /** @description Where a version comes from and how good it is. What nobody knows is null. */
        VersionOut: {
            /** @description The model or version whose weights it changes. */
            base: string;
            /** @description The model or version whose training it continues. */
            parent: string;
            /** @description full, lora, preference, or imported. */
            method: string;
            created_at: string | null;
            /** @description Optimiser steps; 0 for an imported version. */
            steps: number;
            /** @description Pictures it learned from. */
            trained_on: number | null;
            /** @description Pictures it was measured on. */
            held_out: number | null;
            data_source: string | null;
            /** @description Words in a prompt that call for the look it learned. */
            style: string | null;
            /** @description Names exactly what it learned from. */
            data_hash: string | null;
            metrics: components["schemas"]["VersionMetrics"];
            /** @description The settings of its training. */
            options: {
                [key: string]: unknown;
            };
            /** @description Versions of the libraries that trained it. */
            libraries: {
                [key: string]: string;
            };
            /** @description Samples of its parent. */
            grid_before_url: string | null;
            /** @description The same prompts and seeds, drawn by it. */
            grid_after_url: string | null;
            /** @description Pictures in the gallery that it drew. */
            images: number;
        };
        /** @description All that a model with a small world can draw; of others' words it knows nothing. */
        VocabularyOut: {
            /** @description Nouns. */
            subjects: components["schemas"]["TermOut"][];
            /** @description Plain colours; words complete `a dog …`. */
            backgrounds: components["schemas"]["TermOut"][];
            /** @description Places; words complete `a dog …`. */
            worlds: components["schemas"]["TermOut"][];
            /** @description Ways to draw it. */
            looks: components["schemas"]["TermOut"][];
        };
        /** @description A network is being compiled for this machine; pictures are drawn meanwhile, only slower. */
        WarmUpOut: {
            model: string;
            /** @description A word on what is being done: converting, compiling, … */
            stage: string;
            /** Format: date-time */
            since: string;
            /** @description How long it has been going on. */
            seconds: number;
        };
        /** @description One alternative per line; `#` begins a remark, `3::` counts a line three times. */
        WildcardBody: {
            text: string;
        };
        /** @description All names, sorted. */
        WildcardList: {
            names: string[];
        };
        /** @description A wildcard, written `__name__` in a prompt. */
        WildcardOut: {
            name: string;
            text: string;
            num_lines: number;
        };
        /** @description The process that draws. */
        WorkerOut: {
            ready: boolean;
            detail: string;
            loaded_models: string[];
            restarts: number;
            /** @description Null when nothing is being compiled. */
            warm_up: components["schemas"]["WarmUpOut"] | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_batches: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Batches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchList"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_batch: {
        parameters: {
            query?: never;
            header?: {
                /** @description RFC 7240: `respond-async` answers at once; `wait=N` waits up to N seconds. */
                Prefer?: string;
                /** @description A repeated POST with the same key returns the first job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description All of it is queued. */
            201: {
                headers: {
                    /** @description The batch's address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The queue is full. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_batch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description What it would draw, and what is wrong. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchPreview"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batch. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rest is cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchChange"];
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_batch_jobs: {
        parameters: {
            query?: {
                offset?: number;
                limit?: number;
                /** @description Only those that failed. */
                failed?: boolean;
            };
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its jobs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchJobs"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    edits: {
        parameters: {
            query?: never;
            header?: {
                /** @description RFC 7240: `respond-async` answers at once; `wait=N` waits up to N seconds. */
                Prefer?: string;
                /** @description A repeated POST with the same key returns the first job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditRequest"];
                "multipart/form-data": components["schemas"]["EditUpload"];
            };
        };
        responses: {
            /** @description The job ended without all its pictures: it failed or was cancelled. */
            200: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    /** @description What of `Prefer` was honoured. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The pictures are there. */
            201: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    /** @description What of `Prefer` was honoured. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description Accepted, and not finished within the wait: poll `Location`. */
            202: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    /** @description What of `Prefer` was honoured. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The queue is full. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_events: {
        parameters: {
            query?: {
                last_event_id?: number;
            };
            header?: {
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages with `id`, `event` and `data` (JSON); the schema describes one message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["StreamEvent"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedbackRequest"];
            };
        };
        responses: {
            /** @description The picture with its rating. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    summarise_feedback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackSummary"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    generate: {
        parameters: {
            query?: never;
            header?: {
                /** @description RFC 7240: `respond-async` answers at once; `wait=N` waits up to N seconds. */
                Prefer?: string;
                /** @description A repeated POST with the same key returns the first job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GenerateRequest"];
            };
        };
        responses: {
            /** @description The job ended without all its pictures: it failed or was cancelled. */
            200: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    /** @description What of `Prefer` was honoured. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The pictures are there. */
            201: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    /** @description What of `Prefer` was honoured. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description Accepted, and not finished within the wait: poll `Location`. */
            202: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    /** @description What of `Prefer` was honoured. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The queue is full. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_grid: {
        parameters: {
            query?: never;
            header?: {
                /** @description RFC 7240: `respond-async` answers at once; `wait=N` waits up to N seconds. */
                Prefer?: string;
                /** @description A repeated POST with the same key returns the first job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GridRequest"];
            };
        };
        responses: {
            /** @description All of it is queued, as a batch. */
            201: {
                headers: {
                    /** @description The batch's address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The queue is full. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sheet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The grid as one picture: its values above the columns and beside the rows. */
            200: {
                headers: {
                    /** @description A name to save it under. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_images: {
        parameters: {
            query?: {
                /** @description Words to find in prompts, titles and tags. */
                q?: string;
                feedback?: number;
                /** @description true: liked or disliked; false: not rated. */
                rated?: boolean;
                model?: string;
                seed?: number;
                min_width?: number;
                max_width?: number;
                min_height?: number;
                max_height?: number;
                created_after?: string;
                created_before?: string;
                /** @description Variations of this picture. */
                parent_id?: number;
                job_id?: string;
                /** @description true: the trash instead of the gallery. */
                deleted?: boolean;
                sort?: components["schemas"]["ImageSort"];
                limit?: number;
                cursor?: string;
                offset?: number;
                /** @description Extra parts, comma-separated: `image_data`, `total`. */
                include?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    /** @description Where the next page is (`rel=next`). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImagePage"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_images: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImagesChange"];
            };
        };
        responses: {
            /** @description How many weren't like that before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImagesChanged"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_images: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageCounts"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_filtered: {
        parameters: {
            query?: {
                /** @description Words to find in prompts, titles and tags. */
                q?: string;
                feedback?: number;
                /** @description true: liked or disliked; false: not rated. */
                rated?: boolean;
                model?: string;
                seed?: number;
                min_width?: number;
                max_width?: number;
                min_height?: number;
                max_height?: number;
                created_after?: string;
                created_before?: string;
                /** @description Variations of this picture. */
                parent_id?: number;
                job_id?: string;
                /** @description true: the trash instead of the gallery. */
                deleted?: boolean;
                sort?: components["schemas"]["ImageSort"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A zip of the pictures, in a folder for each rating, and a `metadata.jsonl` that tells all of them. `datasets.load_dataset("imagefolder")` loads it, and so does `tastemaker import`. */
            200: {
                headers: {
                    /** @description A name to save it under. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_chosen: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["ExportForm"];
            };
        };
        responses: {
            /** @description A zip of the pictures, in a folder for each rating, and a `metadata.jsonl` that tells all of them. `datasets.load_dataset("imagefolder")` loads it, and so does `tastemaker import`. */
            200: {
                headers: {
                    /** @description A name to save it under. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_images: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["ImportUpload"];
            };
        };
        responses: {
            /** @description What became of each file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_image: {
        parameters: {
            query?: {
                /** @description `image_data` adds the picture as base64 PNG. */
                include?: string;
            };
            header?: never;
            path: {
                image_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_image: {
        parameters: {
            query?: {
                /** @description true: for ever; only from the trash. */
                permanent?: boolean;
            };
            header?: never;
            path: {
                image_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is in the trash, or gone for ever. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_image: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                image_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImageChange"];
            };
        };
        responses: {
            /** @description The picture as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_file: {
        parameters: {
            query?: {
                /** @description true: as a file to save, with a readable name, that carries A1111's infotext and our whole record with the rating as it is now. */
                download?: boolean;
                /** @description A download as this instead of as it was stored. */
                format?: components["schemas"]["FileFormat"];
            };
            header?: never;
            path: {
                image_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture, as it was stored. */
            200: {
                headers: {
                    /** @description The content's hash. */
                    ETag?: string;
                    /** @description For ever, but for downloads. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                    "image/jpeg": string;
                    "image/webp": string;
                    "image/gif": string;
                    "image/bmp": string;
                    "image/avif": string;
                    "image/tiff": string;
                };
            };
            /** @description The caller has it already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_neighbours: {
        parameters: {
            query?: {
                /** @description Words to find in prompts, titles and tags. */
                q?: string;
                feedback?: number;
                /** @description true: liked or disliked; false: not rated. */
                rated?: boolean;
                model?: string;
                seed?: number;
                min_width?: number;
                max_width?: number;
                min_height?: number;
                max_height?: number;
                created_after?: string;
                created_before?: string;
                /** @description Variations of this picture. */
                parent_id?: number;
                job_id?: string;
                /** @description true: the trash instead of the gallery. */
                deleted?: boolean;
                sort?: components["schemas"]["ImageSort"];
            };
            header?: never;
            path: {
                image_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Their ids. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NeighboursOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_thumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                image_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A small version. */
            200: {
                headers: {
                    /** @description The content's hash. */
                    ETag?: string;
                    /** @description For ever, but for downloads. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                    "image/webp": string;
                };
            };
            /** @description The caller has it already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_infotext: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["InfotextUpload"];
            };
        };
        responses: {
            /** @description What it says; `settings` is null if it says nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InfotextOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /** @description States, comma-separated; absent: all. */
                state?: string;
                /** @description Kinds, comma-separated; absent: all. */
                kind?: string;
                limit?: number;
                /** @description Only jobs of this batch; `none`: only those of no batch. */
                batch?: string;
                /** @description Only jobs older than this one (an id). */
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Jobs, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancelled, or about to stop: its state says which. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_job_events: {
        parameters: {
            query?: {
                last_event_id?: number;
            };
            header?: {
                "Last-Event-ID"?: string;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages with `id`, `event` and `data` (JSON); the schema describes one message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["JobStreamEvent"];
                };
            };
            /** @description The job has ended and all was told: don't reconnect. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_model: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["ModelImport"];
            };
        };
        responses: {
            /** @description The version is there; it is not active. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too little free disk space. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models that are left. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rename_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelChange"];
            };
        };
        responses: {
            /** @description The version with its new title. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    activate_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is active now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_download: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The download runs; events tell how far it is. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too little free disk space. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stop_download: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is stopped; what arrived is kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A LoRA as .safetensors, or a whole pipeline as a zip. */
            200: {
                headers: {
                    /** @description A name to save it under. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "application/zip": string;
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_grid: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                side: components["schemas"]["GridSide"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The samples. */
            200: {
                headers: {
                    /** @description The content's hash. */
                    ETag?: string;
                    /** @description For ever: it never changes. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description The caller has it already (`If-None-Match`). */
            304: {
                headers: {
                    /** @description The content's hash. */
                    ETag?: string;
                    /** @description For ever: it never changes. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_vocabulary: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it can draw. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VocabularyOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prefer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreferenceRequest"];
            };
        };
        responses: {
            /** @description It is recorded. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreferenceOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    next_comparison: {
        parameters: {
            query?: {
                /** @description Ids of pictures that were skipped, comma-separated. */
                exclude?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Pictures to compare. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreferenceSet"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undo_preference: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                choice: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is taken back. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreferenceUndone"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_prompts: {
        parameters: {
            query?: {
                /** @description Only those that contain it. */
                q?: string;
                /** @description Only favourites. */
                favourite?: boolean;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prompts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromptList"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mark_prompt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromptMark"];
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromptOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resolve_prompt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveRequest"];
            };
        };
        responses: {
            /** @description What it becomes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResolvedOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    surprise_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SurpriseRequest"];
            };
        };
        responses: {
            /** @description A new prompt. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SurpriseOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokensRequest"];
            };
        };
        responses: {
            /** @description How many there are. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forget_prompt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                prompt_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is forgotten. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_queue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queue. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clear_queue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueCleared"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_queue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueueChange"];
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    move_in_queue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueueMove"];
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_retraining: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated POST with the same key returns the first job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetrainRequest"];
            };
        };
        responses: {
            /** @description It will begin. */
            202: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too little free disk space. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_retraining_grid: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
                step: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The samples. */
            200: {
                headers: {
                    /** @description Names the content. */
                    ETag?: string;
                    /** @description For ever: a grid never changes. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description The caller has it already (`If-None-Match`). */
            304: {
                headers: {
                    /** @description Names the content. */
                    ETag?: string;
                    /** @description For ever: a grid never changes. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pause_retraining: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It stops after its current step. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_retraining: {
        parameters: {
            query?: {
                /** @description feedback: pictures rated in the gallery; dataset: a dataset; both: the two together; pictures: the look of the pictures of image_ids. */
                source?: components["schemas"]["DataSource"];
                dataset?: string;
                /** @description full: all weights of the U-Net learn liked pictures, and disliked ones as what to lead away from; lora: an addition learns the same; preference: an addition, by the preference loss; auto: the model and the number of ratings decide. */
                method?: "auto" | "full" | "lora" | "preference";
                base_model?: string;
                num_epochs?: number;
                max_steps?: number;
                batch_size?: number;
                lora_rank?: number;
                cursor?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What would be learned from. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetrainPreview"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_retraining: {
        parameters: {
            query?: {
                /** @description Of the run; absent: the paused one, else the latest that stopped. */
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It goes on from where it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retraining_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The current or latest one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetrainStatus"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_styles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StyleList"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_style: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StyleBody"];
            };
        };
        responses: {
            /** @description It is kept. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StyleOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_styles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A styles.csv as A1111's web UI reads it. */
            200: {
                headers: {
                    /** @description A name to save it under. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_styles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StylesImport"];
            };
        };
        responses: {
            /** @description What became of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StylesImported"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_style: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                style_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StyleBody"];
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StyleOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_style: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                style_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_system: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state of the server. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    variations: {
        parameters: {
            query?: never;
            header?: {
                /** @description RFC 7240: `respond-async` answers at once; `wait=N` waits up to N seconds. */
                Prefer?: string;
                /** @description A repeated POST with the same key returns the first job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VariationsRequest"];
                "multipart/form-data": components["schemas"]["VariationsUpload"];
            };
        };
        responses: {
            /** @description The job ended without all its pictures: it failed or was cancelled. */
            200: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    /** @description What of `Prefer` was honoured. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The pictures are there. */
            201: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    /** @description What of `Prefer` was honoured. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description Accepted, and not finished within the wait: poll `Location`. */
            202: {
                headers: {
                    /** @description The job's address. */
                    Location?: string;
                    /** @description What of `Prefer` was honoured. */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its state doesn't allow this; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The queue is full. */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_wildcards: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Their names. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WildcardList"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_wildcard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The wildcard. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WildcardOut"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_wildcard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WildcardBody"];
            };
        };
        responses: {
            /** @description It is written. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WildcardOut"];
                };
            };
            /** @description The body can't be parsed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More bytes than the operator allows. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another content type, or not a picture of a format we read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is understood but wrong; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_wildcard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus text. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can draw. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description The request comes from another site or asks for another host. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server; it is in its log. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible at the moment; the detail says what is happening. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
