//! What the built-in recommendations say: that each speaks of its own library only, that its code parses, and that its command finds
//! what it is about.

use std::io::Write;
use std::process::{Command, Stdio};

use super::*;
use crate::profile::FrameKind;

fn all(rules: &Rules) -> Vec<&Recommendation> {
    rules.recommendations().unwrap()
}

#[test]
fn a_recommendation_speaks_of_its_own_library_only() {
    let rules = Rules::builtin().unwrap();
    let all = all(&rules);
    #[rustfmt::skip]
    let table: &[(&str, &str, &str, &str, bool)] = &[
        // recommendation, package, function, url, whether it speaks of that
        ("express-answers", "express", "json", "/a/node_modules/express/lib/response.js", true),
        ("express-answers", "express", "stringify", r"C:\a\node_modules\express\lib\response.js", true),
        ("express-answers", "body-parser", "read", "/a/node_modules/body-parser/lib/read.js", false),
        ("express-answers", "express", "next", "/a/node_modules/express/lib/router/index.js", false),
        ("express-bodies", "body-parser", "read", "/a/node_modules/body-parser/lib/read.js", true),
        ("express-bodies", "express", "query", "/a/node_modules/_express@4.18.2@express/lib/middleware/query.js", true),
        ("express-bodies", "express", "json", "/a/node_modules/express/lib/response.js", false),
        ("express-middleware", "express", "next", "/a/node_modules/express/lib/router/index.js", true),
        ("express-middleware", "express", "json", "/a/node_modules/express/lib/response.js", false),
        ("query-strings", "qs", "parse", "/a/node_modules/qs/lib/parse.js", true),
        ("query-strings", "raw-body", "onData", "/a/node_modules/raw-body/index.js", false),
        ("fastify-answers", "fastify", "serialize", "/a/node_modules/fastify/lib/reply.js", true),
        ("fastify-requests", "find-my-way", "find", "/a/node_modules/find-my-way/index.js", false),
        ("routes-built", "find-my-way", "createStaticChild", "/a/node_modules/find-my-way/lib/node.js", true),
        ("routes-built", "find-my-way", "_compileGetHandlerMatchingConstraints", "/a/node_modules/find-my-way/lib/handler-storage.js", true),
        ("routes-built", "find-my-way", "find", "/a/node_modules/find-my-way/index.js", false),
        ("paths-compiled", "path-to-regexp", "pathToRegexp", "/a/node_modules/path-to-regexp/dist/index.js", true),
        ("paths-compiled", "path-to-regexp", "match", "/a/node_modules/path-to-regexp/dist/index.js", false),
        ("koa-routes-built", "@koa/router", "_registerMethod", "/a/node_modules/@koa/router/dist/index.js", true),
        ("koa-routes-built", "@koa/router", "setPrefix", "/a/node_modules/@koa/router/dist/index.js", true),
        ("koa-routes-built", "@koa/router", "match", "/a/node_modules/@koa/router/dist/index.js", false),
        ("koa-routes-built", "@koa/router", "allowedMethods", "/a/node_modules/@koa/router/dist/index.js", false),
        ("express-routes-built", "express", "Layer", "/a/node_modules/express/lib/router/layer.js", true),
        ("express-routes-built", "router", "route", "/a/node_modules/router/index.js", true),
        ("express-routes-built", "router", "handle", "/a/node_modules/router/index.js", false),
        ("child-loggers", "pino", "asChindings", "/a/node_modules/pino/lib/tools.js", true),
        ("child-loggers", "pino", "write", "/a/node_modules/pino/lib/proto.js", false),
        ("state-machines-once", "xstate", "StateNode", "/a/node_modules/xstate/dist/StateMachine.cjs.js", true),
        ("state-machines-once", "xstate", "microstep", "/a/node_modules/xstate/dist/raise.cjs.js", false),
        ("date-formats", "luxon", "TokenParser", "/a/node_modules/luxon/build/node/luxon.js", true),
        ("date-formats", "luxon", "plus", "/a/node_modules/luxon/build/node/luxon.js", false),
        ("date-formats", "dayjs", "i.parse", "/a/node_modules/dayjs/plugin/customParseFormat.js", true),
        ("date-formats", "date-fns", "parse", "/a/node_modules/date-fns/parse/_lib/parsers/DateParser.js", true),
        ("date-formats", "date-fns", "parseISO", "/a/node_modules/date-fns/parseISO.js", false),
        ("vue-proxies", "@vue/reactivity", "track", "/a/node_modules/@vue/reactivity/dist/reactivity.cjs.js", true),
        ("vue-proxies", "@vue/server-renderer", "renderVNode", "/a/node_modules/@vue/server-renderer/dist/x.js", false),
        ("interceptors-held", "axios", "use", "/a/node_modules/axios/lib/core/InterceptorManager.js", true),
        ("interceptors-held", "axios", "request", "/a/node_modules/axios/lib/core/Axios.js", false),
        ("request-bodies", "iconv-lite", "decode", "/a/node_modules/iconv-lite/lib/index.js", false),
        ("body-texts-held", "iconv-lite", "InternalDecoder.write", "/a/node_modules/iconv-lite/encodings/internal.js", true),
        ("text-encodings", "iconv-lite", "decode", "/a/node_modules/iconv-lite/lib/index.js", true),
        ("buffers-as-bytes", "iconv-lite", "decode", "/a/node_modules/iconv-lite/lib/index.js", false),
        ("buffers-as-bytes", "bl", "copy", "/a/node_modules/bl/BufferList.js", false),
        ("buffers-as-bytes", "bl", "toString", "/a/node_modules/bl/BufferList.js", true),
        ("javascript-crypto", "object-hash", "_object", "/a/node_modules/object-hash/index.js", false),
        ("debug-calls", "debug", "debug", "/a/node_modules/debug/src/common.js", true),
        ("debug-off", "debug", "debug", "/a/node_modules/debug/src/common.js", false),
        ("cheap-errors", "node:internal/*", "wrappedFn", "node:internal/errors", false),
        ("cheap-errors", "node:internal/*", "NodeError", "node:internal/errors", true),
        ("promise-fan-out", "node:internal/*", "createAbortSignal", "node:internal/abort_controller", false),
        ("template-cache", "liquidjs", "parseAndRenderSync", "/a/node_modules/liquidjs/dist/liquid.node.js", false),
        ("template-cache", "liquidjs", "parseFileSync", "/a/node_modules/liquidjs/dist/liquid.node.js", true),
        ("template-cache", "liquidjs", "parseTokens", "/a/node_modules/liquidjs/dist/liquid.node.js", true),
        ("markdown-processors", "linkify-it", "get_http_validator", "/a/node_modules/linkify-it/build/index.cjs.js", true),
        ("intl-formatters", "@formatjs/icu-messageformat-parser", "parseArgument", "/a/x.js", true),
        ("intl-formatters", "intl-messageformat", "formatToParts", "/a/x.js", false),
        ("cloud-clients", "@smithy/core", "", "/a/node_modules/@smithy/core/dist-cjs/submodules/config/index.js", true),
        ("cloud-clients", "@smithy/core", "", "/a/node_modules/@smithy/core/dist-cjs/submodules/client/index.js", false),
        ("nest-scopes", "@nestjs/core", "loadInstance", "/a/node_modules/@nestjs/core/injector/injector.js", true),
        ("nest-scopes", "@nestjs/core", "callback", "/a/node_modules/@nestjs/core/router/router-proxy.js", false),
        ("nest-requests", "@nestjs/core", "callback", r"C:\a\node_modules\@nestjs\core\router\router-proxy.js", true),
        ("rpc-clients", "@grpc/grpc-js", "InternalChannel", "/a/x.js", true),
        ("rpc-clients", "@grpc/proto-loader", "loadSync", "/a/x.js", true),
        ("rpc-messages", "@grpc/proto-loader", "serialize", "/a/x.js", true),
        ("rpc-clients", "pm2-axon", "send", "/a/x.js", false),
        ("redis-commands", "ioredis", "Redis", "/a/node_modules/ioredis/built/Redis.js", false),
        ("redis-clients", "ioredis", "Redis", "/a/node_modules/ioredis/built/Redis.js", true),
        ("redis-clients", "ioredis", "sendCommand", "/a/node_modules/ioredis/built/Redis.js", false),
        ("math-expressions", "mathjs", "getToken", "/a/node_modules/mathjs/lib/cjs/expression/parse.js", true),
        ("math-expressions", "mathjs", "_compile", "/a/node_modules/mathjs/lib/cjs/expression/node/SymbolNode.js", true),
        ("math-expressions", "mathjs", "evaluate", "/a/node_modules/mathjs/lib/cjs/expression/node/Node.js", false),
        ("decimal-numbers", "mathjs", "add", "/a/node_modules/mathjs/lib/cjs/function/arithmetic/add.js", false),
        ("hapi-payloads", "@hapi/hapi", "internals.marshal", "/a/node_modules/@hapi/hapi/lib/transmit.js", false),
        ("hapi-answers", "@hapi/hapi", "internals.marshal", "/a/node_modules/@hapi/hapi/lib/transmit.js", true),
        ("session-store", "express-session", "set", "/a/node_modules/express-session/session/memory.js", true),
        ("session-store", "express-session", "save", "/a/node_modules/express-session/session/session.js", true),
        ("session-store", "express-session", "session", "/a/node_modules/express-session/index.js", false),
        ("msgpack-encoders", "@msgpack/msgpack", "doDecodeSync", "/a/node_modules/@msgpack/msgpack/dist.cjs/Decoder.cjs", false),
        ("msgpack-messages", "cbor-x", "read", "/a/node_modules/cbor-x/dist/node.cjs", true),
        ("mail-attachments", "libmime", "parseHeaderValue", "/a/node_modules/libmime/lib/libmime.js", false),
        ("error-reports", "@sentry/node", "addContextToFrame", "/a/node_modules/@sentry/node/build/cjs/integrations/contextlines.js", true),
        ("error-reports", "@sentry/core", "startSpan", "/a/node_modules/@sentry/core/build/cjs/tracing/trace.js", false),
        ("rollup-maps", "rollup", "traceMappings", "/a/node_modules/rollup/dist/shared/rollup.js", true),
        ("rollup-barrels", "rollup", "getVariableForExportName", "/a/node_modules/rollup/dist/shared/rollup.js", true),
        ("rollup-barrels", "rollup", "NodeBase", "/a/node_modules/rollup/dist/shared/rollup.js", false),
        ("graphql-plugins", "@apollo/server", "invokeSyncDidStartHook", "/a/node_modules/@apollo/server/dist/cjs/utils/invokeHooks.js", true),
        ("graphql-plugins", "@apollo/server", "processGraphQLRequest", "/a/node_modules/@apollo/server/dist/cjs/requestPipeline.js", false),
        ("knex-streams", "objection", "toJson", "/a/node_modules/objection/lib/model/modelToJson.js", false),
        ("charts-points", "three", "Vector3", "/a/node_modules/three/build/three.core.js", false),
        ("component-pages", "svelte", "visit", "/a/node_modules/svelte/src/compiler/phases/2-analyze/index.js", false),
        ("component-compiler", "svelte", "visit", "/a/node_modules/svelte/src/compiler/phases/2-analyze/index.js", true),
        ("styles-built", "postcss", "parse", "/a/node_modules/postcss/lib/parse.js", false),
        ("markup-trees", "sanitize-html", "Frame", "/a/node_modules/sanitize-html/index.js", false),
        ("deep-copies", "ramda", "f2", "/a/node_modules/ramda/src/internal/_curry2.js", false),
        ("deep-copies", "ramda", "_clone", "/a/node_modules/ramda/src/internal/_clone.js", true),
        ("ramda-loops", "ramda", "f2", "/a/node_modules/ramda/src/internal/_curry2.js", true),
        ("ramda-loops", "ramda", "_clone", "/a/node_modules/ramda/src/internal/_clone.js", false),
        ("timers-cleared", "node:internal/*", "processTimers", "node:internal/timers", false),
        ("timers-cleared", "node:internal/*", "Timeout", "node:internal/timers", true),
        ("metric-labels", "prom-client", "hashObject", "/a/x.js", true),
        ("metric-labels", "@pm2/io", "start", "/a/node_modules/@pm2/io/build/main/profilers/profilingHeap.js", false),
        ("cloud-clients", "@aws-sdk/client-s3", "S3Client", "/a/x.js", true),
        ("cloud-clients", "@smithy/credential-provider-imds", "fromInstanceMetadata", "/a/x.js", true),
        ("cloud-clients", "@aws-sdk/xml-builder", "parseTag", "/a/x.js", false),
        ("cloud-clients", "@smithy/core", "resolveParams", "/a/x.js", false),
        ("cloud-answers", "@aws-sdk/xml-builder", "parseTag", "/a/x.js", true),
        ("cloud-answers", "stripe", "request", "/a/x.js", false),
        ("react-development", "react", "createElement", "/a/node_modules/react/cjs/react.development.js", true),
        ("react-development", "react-dom", "retryNode", "/a/react-dom/cjs/react-dom-server.node.production.js", false),
        ("react-streaming", "react-dom", "retryNode", "/a/react-dom/cjs/react-dom-server-legacy.node.production.js", true),
        ("react-streaming", "react-dom", "retryNode", "/a/react-dom/cjs/react-dom-server.node.production.js", false),
        ("react-development", "react-dom", "flushSubtree", "/a/react-dom/cjs/react-dom-server-legacy.node.development.js", false),
        ("react-development", "react-dom", "renderNode", "/a/react-dom/cjs/react-dom-server-legacy.node.development.js", true),
        ("react-pages-held", "react-dom", "Y", "/a/node_modules/react-dom/cjs/react-dom-server-legacy.node.production.min.js", true),
        ("react-pages-held", "react-dom", "Y", "/srv/server/node_modules/react-dom/cjs/react-dom.production.min.js", false),
        ("immutable-batches", "immer", "shallowCopy", "/a/node_modules/immer/dist/immer.mjs", false),
        ("immer-batches", "immer", "shallowCopy", "/a/node_modules/immer/dist/immer.mjs", true),
        ("immer-batches", "immutable", "set", "/a/node_modules/immutable/dist/immutable.js", false),
        ("typed-arrays", "(native)", "Float32Array", "", true),
        ("native-results", "(native)", "(V8 API)", "", true),
        ("native-results", "(native)", "(GC)", "", false),
        ("typescript-program", "typescript", "createNode", "/a/node_modules/typescript/lib/typescript.js", true),
        ("typescript-run", "typescript", "createNode", "/a/node_modules/typescript/lib/typescript.js", true),
        ("typescript-run", "ts-loader", "loader", "/a/node_modules/ts-loader/dist/index.js", false),
        ("injection-scopes-held", "awilix", "createContainerInternal", "/a/node_modules/awilix/lib/container.js", true),
        ("injection-scopes-held", "reflect-metadata", "decorate", "/a/node_modules/reflect-metadata/Reflect.js", false),
        ("memoized-held", "lodash", "hashSet", "/a/node_modules/lodash/lodash.js", true),
        ("typescript-program", "typescript", "", "/a/node_modules/typescript/lib/typescript.js", false),
        ("eslint-types", "eslint", "", "/a/node_modules/eslint/lib/api.js", false),
        ("eslint-types", "prettier", "format", "/a/x.js", false),
        ("bundler-memory", "rollup", "bundle", "/a/x.js", false),
        ("minifier", "svgo", "optimize", "/a/x.js", false),
        ("graphql-documents", "graphql", "parse", "/a/node_modules/graphql/language/parser.js", true),
        ("graphql-documents", "graphql", "executeField", "/a/node_modules/graphql/execution/execute.js", false),
        ("graphql-documents", "graphql", "promiseForObject", "/a/node_modules/graphql/jsutils/promiseForObject.js", false),
        ("graphql-documents", "@apollo/server", "willResolveField", "/a/node_modules/@apollo/server/dist/cjs/plugin/cacheControl/index.js", false),
        ("graphql-documents", "graphql", "getFields", "/a/node_modules/graphql/type/definition.js", false),
        ("graphql-schemas", "graphql", "getFields", "/a/node_modules/graphql/type/definition.js", true),
        ("graphql-schemas", "graphql", "buildASTSchema", "/a/node_modules/graphql/utilities/buildASTSchema.mjs", true),
        ("graphql-schemas", "graphql", "parseFieldDefinition", "/a/node_modules/graphql/language/parser.js", true),
        ("graphql-schemas", "graphql", "parseField", "/a/node_modules/graphql/language/parser.js", false),
        ("graphql-schemas", "graphql", "visitInParallel", "/a/node_modules/graphql/language/visitor.js", false),
        ("graphql-schemas", "graphql", "executeField", "/a/node_modules/graphql/execution/execute.js", false),
        ("graphql-schemas", "@graphql-tools/utils", "mapFields", "/a/node_modules/@graphql-tools/utils/cjs/mapSchema.js", true),
        ("graphql-schemas", "@graphql-tools/utils", "getArgumentValues", "/a/node_modules/@graphql-tools/utils/cjs/getArgumentValues.js", false),
        ("graphql-schemas", "@graphql-tools/executor", "executeField", "/a/x.js", false),
        ("graphql-plugins", "@apollo/server", "willResolveField", "/a/node_modules/@apollo/server/dist/cjs/plugin/cacheControl/index.js", true),
        ("graphql-results", "graphql", "executeField", "/a/node_modules/graphql/execution/execute.js", true),
        ("kafkajs-batches", "node-rdkafka", "consume", "/a/x.js", false),
        ("zod-schemas", "valibot", "parse", "/a/x.js", false),
        ("zod-schemas", "zod", "", "/a/node_modules/zod/v4/classic/schemas.cjs", true),
        ("zod-schemas", "zod", "extend", "/a/node_modules/zod/lib/types.js", true),
        ("zod-schemas", "zod", "inst._zod.parse", "/a/node_modules/zod/v4/core/schemas.cjs", false),
        ("zod-schemas", "zod", "_parse", "/a/node_modules/zod/lib/types.js", false),
        ("zod-schemas", "zod", "generateFastpass", "/a/node_modules/zod/v4/core/schemas.cjs", true),
        ("zod-schemas", "zod", "write", "/a/node_modules/zod/v4/core/doc.cjs", true),
        ("zod-schemas", "zod", "exports.$ZodType.core.$constructor.~standard", "/a/node_modules/zod/v4/core/schemas.cjs", true),
        ("zod-schemas", "zod", "runChecks", "/a/node_modules/zod/v4/core/schemas.cjs", false),
        ("zod-schemas", "zod", "inst._zod.check", "/a/node_modules/zod/v4/core/checks.cjs", false),
        ("zod-values", "zod", "inst._zod.parse", "/a/node_modules/zod/v4/core/schemas.cjs", true),
        ("zod-schemas", "zod", "Internals", "/a/node_modules/zod/v4/core/core.cjs", true),
        ("zod-schemas", "zod", "mirrorShape", "/a/node_modules/zod/v4/core/util.cjs", true),
        ("zod-schemas", "zod", "", "/a/node_modules/zod/v4/core/checks.cjs", true),
        ("markdown-processors", "markdown-it", "ParserBlock", "/a/node_modules/markdown-it/dist/index.cjs.js", true),
        ("markdown-processors", "markdown-it", "render", "/a/node_modules/markdown-it/dist/index.cjs.js", false),
        ("workbook-styles", "exceljs", "prepare", "/a/node_modules/exceljs/lib/xlsx/xform/sheet/cell-xform.js", true),
        ("workbook-styles", "exceljs", "render", "/a/node_modules/exceljs/lib/xlsx/xform/sheet/cell-xform.js", false),
        ("bodies-held", "raw-body", "onData", "/a/node_modules/raw-body/index.js", true),
        ("bodies-held", "qs", "parse", "/a/node_modules/qs/lib/parse.js", false),
        ("joi-schemas", "yup", "createValidation", "/a/node_modules/yup/index.js", true),
        ("joi-schemas", "yup", "_validate", "/a/node_modules/yup/index.js", false),
        ("joi-schemas", "yup", "_cast", "/a/node_modules/yup/index.js", false),
        ("joi-schemas", "joi", "$_addRule", "/a/node_modules/joi/lib/base.js", true),
        ("joi-schemas", "joi", "$_validate", "/a/node_modules/joi/lib/base.js", false),
        ("joi-schemas", "joi", "internals.clone", "/a/node_modules/joi/lib/types/keys.js", false),
        ("joi-values", "joi", "exports.validate", "/a/node_modules/joi/lib/validator.js", true),
        ("ajv-compile-once", "fast-deep-equal", "equal", "/a/x.js", false),
        ("ajv-compile-once", "ajv-formats", "date", "/a/x.js", false),
        ("template-cache", "handlebars", "compileProgram", "/a/node_modules/handlebars/dist/cjs/handlebars/compiler/compiler.js", true),
        ("template-cache", "handlebars", "", "/a/node_modules/handlebars/dist/cjs/handlebars/helpers/each.js", false),
        ("template-cache", "liquidjs", "readExpression", "/a/node_modules/liquidjs/dist/liquid.node.js", true),
        ("template-cache", "liquidjs", "evalPropertyAccessToken", "/a/node_modules/liquidjs/dist/liquid.node.js", false),
        ("template-cache", "mustache", "parseTemplate", "/a/node_modules/mustache/mustache.js", true),
        ("template-cache", "mustache", "renderTokens", "/a/node_modules/mustache/mustache.js", false),
        ("template-cache", "ejs", "anonymous", "/a/node_modules/ejs/lib/cjs/ejs.js", false),
        ("template-cache", "pug-lexer", "lex", "/a/node_modules/pug-lexer/index.js", true),
        ("template-cache", "pug-runtime", "wrap", "/a/node_modules/pug-runtime/wrap.js", false),
        ("template-pages", "handlebars", "", "/a/node_modules/handlebars/dist/cjs/handlebars/helpers/each.js", true),
        ("query-builder-prepare", "drizzle-orm", "buildQueryFromSourceParams", "/a/node_modules/drizzle-orm/sql/sql.cjs", true),
        ("query-builder-prepare", "drizzle-orm", "mapResultRow", "/a/node_modules/drizzle-orm/utils.cjs", false),
        ("query-builder-prepare", "drizzle-orm", "all", "/a/node_modules/drizzle-orm/sql-js/session.cjs", false),
        ("drizzle-rows", "drizzle-orm", "mapResultRow", "/a/node_modules/drizzle-orm/utils.cjs", true),
        ("intl-formatters", "(native)", "DateTimeFormat", "", true),
        ("intl-formatters", "(native)", "formatToParts", "", false),
        ("intl-formatters", "i18next", "extendTranslation", "/a/x.js", false),
        ("i18n-lookups", "i18next", "extendTranslation", "/a/x.js", true),
        ("intl-formatters", "i18next", "create", "/a/node_modules/i18next/dist/cjs/i18next.js", true),
        ("intl-formatters", "i18next", "translate", "/a/node_modules/i18next/dist/cjs/i18next.js", false),
        ("document-streams", "pdf-lib", "PDFPage.drawText", "/a/x.js", false),
        ("document-streams", "pdfkit", "text", "/a/x.js", true),
        ("pdf-lib-calls", "pdf-lib", "PDFPage.drawText", "/a/x.js", true),
        ("cache-bounds", "lru-cache", "W", "/a/node_modules/lru-cache/dist/commonjs/node/index.min.js", false),
        ("cache-bounds", "node-cache", "_wrap", "/a/x.js", true),
        ("date-formatters", "luxon", "toFormat", "/a/x.js", false),
        ("redis-commands", "redis-parser", "parseArrayElements", "/a/node_modules/redis-parser/lib/parser.js", false),
        ("redis-commands", "ioredis", "transformReply", "/a/node_modules/ioredis/built/Command.js", false),
        ("redis-commands", "ioredis", "toWritable", "/a/node_modules/ioredis/built/Command.js", true),
        ("redis-replies", "redis-parser", "parseArrayElements", "/a/node_modules/redis-parser/lib/parser.js", true),
        ("redis-replies", "@redis/client", "#decodeTypeValue", "/a/node_modules/@redis/client/dist/lib/RESP/decoder.js", true),
        ("csv-rows", "exceljs", "render", "/a/node_modules/exceljs/lib/utils/xml-stream.js", false),
        ("workbook-styles", "exceljs", "render", "/a/node_modules/exceljs/lib/xlsx/xform/style/style-xform.js", true),
        ("markdown-kept", "cheerio", "load", "/a/x.js", false),
        ("markup-trees", "marked", "lex", "/a/x.js", false),
        ("logging-lines", "debug", "debug", "/a/node_modules/debug/src/common.js", false),
        ("debug-off", "debug", "debug", "/a/node_modules/debug/src/common.js", false),
        ("debug-off", "debug", "formatArgs", "/a/node_modules/debug/src/node.js", true),
        ("websocket-broadcasts", "ws", "onMessage", "/a/node_modules/ws/lib/event-target.js", false),
        ("websocket-broadcasts", "socket.io-adapter", "apply", "/a/node_modules/socket.io-adapter/dist/in-memory-adapter.js", false),
        ("websocket-broadcasts", "socket.io", "newBroadcastOperator", "/a/node_modules/socket.io/dist/socket.js", false),
        ("websocket-broadcasts", "socket.io", "emit", "/a/node_modules/socket.io/dist/broadcast-operator.js", false),
        ("websocket-broadcasts", "socket.io", "_packet", "/a/node_modules/socket.io/dist/client.js", true),
        ("yaml-parsing", "js-yaml", "writeNode", "/a/node_modules/js-yaml/dist/js-yaml.cjs.js", false),
        ("yaml-parsing", "js-yaml", "readPlainScalar", "/a/node_modules/js-yaml/dist/js-yaml.cjs.js", true),
        ("yaml-writing", "js-yaml", "writeNode", "/a/node_modules/js-yaml/dist/js-yaml.cjs.js", true),
        ("buffers-encoded", "node:string_decoder", "write", "node:string_decoder", false),
        ("buffers-as-bytes", "node:string_decoder", "write", "node:string_decoder", true),
        ("listeners-removed", "node:events", "EventEmitter.init", "node:events", false),
        ("listeners-removed", "node:events", "next", "node:events", false),
        ("listeners-removed", "node:events", "_addListener", "node:events", true),
        ("event-iterators", "node:events", "next", "node:events", true),
        ("lines-by-chunk", "node:internal/*", "[kOnLine]", "node:internal/readline/interface", true),
        ("connections", "node:internal/*", "mapToHeaders", "node:internal/http2/util", false),
        ("search-index", "lunr", "lunr.Builder.add", "/a/x.js", true),
        ("search-index", "lunr", "lunr.Index.query", "/a/x.js", false),
        ("search-index", "fuse.js", "search", "/a/x.js", false),
        ("javascript-crypto", "node:crypto", "createHash", "node:crypto", false),
        ("binary-types", "avsc", "Type.forSchema", "/a/node_modules/avsc/lib/types.js", true),
        ("binary-types", "avsc", "RecordType._createConstructor", "/a/node_modules/avsc/lib/types.js", true),
        ("binary-types", "avsc", "StringType._read", "/a/node_modules/avsc/lib/types.js", false),
        ("binary-types", "avsc", "Type.fromBuffer", "/a/node_modules/avsc/lib/types.js", false),
        ("binary-types", "protobufjs", "parseField", "/a/node_modules/protobufjs/src/parse.js", true),
        ("binary-types", "protobufjs", "read_string_verify", "/a/node_modules/protobufjs/src/reader.js", false),
        ("binary-types", "protobufjs", "Codegen", "/a/node_modules/protobufjs/src/util/codegen.js", true),
        ("binary-types", "protobufjs", "toObject", "/a/node_modules/protobufjs/src/converter.js", true),
        ("binary-types", "protobufjs", "write_double_le", "/a/node_modules/protobufjs/src/writer.js", false),
        ("files-as-text", "node:fs", "readFileSync", "node:fs", true),
        ("files-as-text", "node:fs", "tryReadSync", "node:fs", true),
        ("files-as-text", "node:fs", "writeFileSync", "node:fs", false),
        ("source-maps", "node:internal/*", "maybeCacheSourceMap", "node:internal/source_map/source_map_cache", false),
        ("source-maps", "node:internal/*", "prepareStackTraceWithSourceMap", "node:internal/source_map/prepare_stack_trace", true),
        ("source-maps", "source-map", "SourceMapConsumer", "/a/node_modules/source-map/lib/x.js", true),
        ("strings-views", "(native)", "split", "", true),
        ("strings-views", "(native)", "repeat", "", false),
        ("strings-built", "(native)", "repeat", "", true),
        ("memoized-held", "lodash", "memoized", "/a/node_modules/lodash/lodash.js", true),
        ("memoized-held", "lodash", "baseClone", "/a/node_modules/lodash/lodash.js", false),
        ("http-client-open", "undici", "fetch", "/a/node_modules/undici/index.js", true),
        ("http-client-open", "node:internal/*", "__require", "node:internal/deps/undici/undici", false),
        ("json-responses", "axios", "transformResponse", "/a/node_modules/axios/dist/node/axios.cjs", true),
        ("binary-messages", "msgpackr", "pack", "/a/x.js", false),
        ("binary-messages", "(generated)", "Item$encode", "", true),
        ("xml-parsing", "xmlbuilder", "end", "/a/x.js", false),
        ("json-responses", "urllib", "parseJSON", "/a/x.js", true),
        ("json-responses", "(native)", "parse", "", false),
        ("json-documents", "(native)", "parse", "", true),
        ("json-documents", "(native)", "stringify", "", false),
        ("service-clients", "stripe", "StripeResource", "/a/node_modules/stripe/cjs/StripeResource.js", true),
        ("service-clients", "stripe", "_makeRequest", "/a/node_modules/stripe/cjs/StripeResource.js", false),
        ("service-clients", "openai", "APIPromise", "/a/node_modules/openai/core.js", false),
        ("grammars-once", "chevrotain", "", "/a/node_modules/chevrotain/lib/src/parse/parser/traits/gast_recorder.js", true),
        ("grammars-once", "chevrotain", "consumeInternal", "/a/node_modules/chevrotain/lib/src/parse/parser/traits/recognizer_engine.js", false),
        ("grammars-once", "chevrotain", "tokenizeInternal", "/a/node_modules/chevrotain/lib/src/scan/lexer_public.js", false),
        ("syntax-trees-kept", "acorn", "pp$5.parseIdent", "/a/node_modules/acorn/dist/acorn.js", true),
        ("syntax-trees-kept", "espree", "parse", "/a/node_modules/espree/espree.js", false),
        ("edited-maps", "magic-string", "addUneditedChunk", "/a/node_modules/magic-string/dist/index.mjs", true),
        ("edited-maps", "magic-string", "overwrite", "/a/node_modules/magic-string/dist/index.mjs", false),
        ("schemas-once", "@ark/schema", "createNode", "/a/node_modules/@ark/schema/out/parse.js", true),
        ("schemas-once", "@ark/schema", "errorFromContext", "/a/node_modules/@ark/schema/out/shared/errors.js", false),
        ("schemas-once", "@sinclair/typebox", "_Object_", "/a/node_modules/@sinclair/typebox/build/cjs/type/object/object.js", true),
        ("schemas-once", "@sinclair/typebox", "FromObject", "/a/node_modules/@sinclair/typebox/build/cjs/value/check/check.js", false),
        ("schemas-once", "superstruct", "run", "/a/node_modules/superstruct/dist/index.cjs", false),
        ("compiled-checks", "@sinclair/typebox", "FromObject", "/a/node_modules/@sinclair/typebox/build/cjs/value/check/check.js", true),
        ("compiled-checks", "superstruct", "run", "/a/node_modules/superstruct/dist/index.cjs", true),
        ("searches-scored", "fuse.js", "search", "/a/node_modules/fuse.js/dist/fuse.cjs", true),
        ("searches-scored", "fuse.js", "_createObjectRecord", "/a/node_modules/fuse.js/dist/fuse.cjs", false),
        ("kafkajs-records", "kafkajs", "writeVarInt", "/a/node_modules/kafkajs/src/protocol/encoder.js", true),
        ("kafkajs-records", "kafkajs", "decode", "/a/node_modules/kafkajs/src/protocol/decoder.js", false),
        ("json-patches", "fast-json-patch", "_deepClone", "/a/node_modules/fast-json-patch/commonjs/helpers.js", true),
        ("json-patches", "fast-json-patch", "applyOperation", "/a/node_modules/fast-json-patch/commonjs/core.js", false),
        ("emitters-shared", "node:events", "once", "node:events", true),
        ("emitters-shared", "node:events", "emit", "node:events", false),
        ("fetch-objects", "node:internal/*", "_Request", "node:internal/deps/undici/undici", true),
        ("fetch-objects", "node:internal/*", "consumeBody", "node:internal/deps/undici/undici", false),
        ("urls-parsed", "node:internal/*", "parseParams", "node:internal/url", true),
        ("rows-by-chunk", "split2", "transform", "/a/node_modules/split2/index.js", true),
        ("rows-by-chunk", "node:internal/*", "onwrite", "node:internal/streams/writable", false),
        ("token-checks", "oidc-provider", "save", "/a/node_modules/oidc-provider/lib/models/base_model.js", false),
        ("tokens-issued", "oidc-provider", "save", "/a/node_modules/oidc-provider/lib/models/base_model.js", true),
        ("next-pages", "next", "eZ", "/a/node_modules/next/dist/compiled/next-server/app-page-turbo.runtime.prod.js", true),
        ("next-pages", "next", "prepareImpl", "/a/node_modules/next/dist/compiled/next-server/app-page-turbo.runtime.prod.js", false),
        ("next-pages", "next", "renderElement", "/a/node_modules/next/dist/compiled/next-server/app-page.runtime.dev.js", true),
        ("next-pages", "next", "handleRoute", "/a/node_modules/next/dist/server/lib/router-utils/resolve-routes.js", false),
        ("next-cache", "next", "eZ", "/a/node_modules/next/dist/compiled/next-server/app-page-turbo.runtime.prod.js", false),
        ("next-cache", "next", "set", "/a/node_modules/next/dist/server/lib/incremental-cache/file-system-cache.js", true),
        ("abilities-once", "casbin", "privateEnforce", "/a/node_modules/casbin/lib/cjs/coreEnforcer.js", false),
        ("policies-enforced", "@casbin/expression-eval", "n", "/a/node_modules/@casbin/expression-eval/dist/expression-eval.js", true),
        ("json-schemas-once", "zod", "flattenRef", "/a/node_modules/zod/v4/core/to-json-schema.js", true),
        ("zod-values", "zod", "flattenRef", "/a/node_modules/zod/v4/core/to-json-schema.js", false),
        ("zod-values", "zod", "inst._zod.parse", "/a/node_modules/zod/v4/core/schemas.js", true),
        ("page-data", "react-router", "stringify", "/a/node_modules/react-router/dist/production/chunk-Z7SQ.mjs", true),
        ("page-data", "react-router", "matchRoutes", "/a/node_modules/react-router/dist/production/chunk-Z7SQ.mjs", false),
        ("xml-built", "fast-xml-parser", "Parser.j2x", "/a/node_modules/fast-xml-parser/src/json2xml.js", true),
        ("xml-parsing", "fast-xml-parser", "Parser.j2x", "/a/node_modules/fast-xml-parser/src/json2xml.js", false),
        ("interfaces-once", "ethers", "lex", "/a/node_modules/ethers/lib.commonjs/abi/fragments.js", true),
        ("interfaces-once", "ethers", "keccak256", "/a/node_modules/ethers/lib.commonjs/crypto/keccak.js", false),
        ("files-linted", "stylelint", "lintSource", "/a/node_modules/stylelint/lib/lintSource.mjs", false),
        ("tables-drawn", "slice-ansi", "module.exports", "/a/node_modules/slice-ansi/index.js", true),
        ("site-highlighting", "hexo-util", "highlightUtil", "/a/node_modules/hexo-util/dist/highlight.js", true),
        ("rollup-maps", "magic-string", "addUneditedChunk", "/a/node_modules/magic-string/dist/index.mjs", false),
    ];
    for &(id, package, function, url, expected) in table {
        let recommendation = all.iter().find(|recommendation| recommendation.id == id).expect(id);
        let kind = match package {
            "(native)" => FrameKind::Native,
            "(generated)" => FrameKind::Generated,
            _ if package.starts_with("node:") => FrameKind::Core,
            _ => FrameKind::Dependency,
        };
        let fits = recommendation.scope.fits(&Subject { kind, package, url, function, has_line: true });
        assert_eq!(fits, expected, "{id}: {package} {function} {url}");
    }
}

/// What is loaded, and what dependencies do by themselves, is told by the stack.
#[test]
fn a_recommendation_is_not_made_where_another_is_behind_it() {
    let rules = Rules::builtin().unwrap();
    let all = all(&rules);
    #[rustfmt::skip]
    let table: &[(&str, &str, &str, &str)] = &[
        // recommendation; package, function, url of a frame of the stack
        ("http-client-bodies", "grammy", "call", "/a/node_modules/grammy/out/core/client.js"),
        ("http-client-bodies", "http-proxy", "stream", "/a/node_modules/http-proxy/lib/http-proxy/passes/web-incoming.js"),
        ("csv-fields", "casbin", "loadPolicyLine", "/a/node_modules/casbin/lib/cjs/persist/helper.js"),
        ("babel-cache", "pug", "exports.compile", "/a/node_modules/pug/lib/index.js"),
        ("xml-parsing", "exceljs", "load", "/a/node_modules/exceljs/lib/xlsx/xlsx.js"),
        ("xml-parsing", "@aws-sdk/xml-builder", "parseXML", "/a/x.js"),
        ("javascript-crypto", "ethers", "sign", "/a/node_modules/ethers/lib.commonjs/crypto/signing-key.js"),
        ("stream-backpressure", "node:_http_outgoing", "_flush", "node:_http_outgoing"),
        ("stream-backpressure", "ws", "send", "/a/node_modules/ws/lib/sender.js"),
        ("regexp-matches", "node:internal/*", "", "node:internal/readline/interface"),
        ("buffers-as-bytes", "node:internal/*", "moduleStrategy", "node:internal/modules/esm/translators"),
        ("buffers-as-bytes", "node:internal/*", "", "node:internal/readline/interface"),
        ("files-as-text", "node:internal/*", "loadSource", "node:internal/modules/cjs/loader"),
        ("listeners-removed", "mocha", "Runnable", "/a/node_modules/mocha/lib/runnable.js"),
        ("typescript-program", "ts-node", "compile", "/a/node_modules/ts-node/dist/index.js"),
    ];
    for &(id, package, function, url) in table {
        let recommendation = all.iter().find(|recommendation| recommendation.id == id).expect(id);
        let kind = if package.starts_with("node:") { FrameKind::Core } else { FrameKind::Dependency };
        let subject = Subject { kind, package, url, function, has_line: true };
        assert!(recommendation.scope.unless_under.fits(&subject), "{id}: {package} {function} {url}");
        let other = Subject { kind: FrameKind::App, package: "(app)", url: "/a/x.js", function: "f", has_line: true };
        assert!(!recommendation.scope.unless_under.fits(&other), "{id}");
    }
}

/// Of what a recommendation matches, the largest function and the largest package may be two libraries' own.
#[test]
fn no_text_joins_a_function_and_a_package() {
    let rules = Rules::builtin().unwrap();
    for recommendation in all(&rules) {
        let texts = recommendation.advice.iter().map(|item| &item.text);
        let actions = recommendation.actions.iter().map(|action| &action.text);
        for text in texts.chain(actions).chain([&recommendation.title]).chain(&recommendation.insight) {
            let has = |wanted| text.places().any(|place| place == wanted);
            assert!(!(has(Placeholder::TopFunction) && has(Placeholder::Package)), "{}", recommendation.id);
            // The share of what is matched is not that of the category.
            assert!(!(has(Placeholder::Share) && has(Placeholder::Category)), "{}", recommendation.id);
        }
    }
}

/// The JavaScript in the advice can be pasted as it is.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn samples_of_javascript_parse() {
    let rules = Rules::builtin().unwrap();
    let recommendations = all(&rules);
    let items = recommendations.iter().flat_map(|rule| rule.advice.iter().map(move |item| (&rule.id, item)));
    let samples: Vec<(&String, &String)> = items
        .filter(|(_, item)| item.language.as_deref() == Some("js"))
        .filter_map(|(id, item)| Some((id, item.code.as_ref()?)))
        .collect();
    assert!(samples.len() > 60, "{} samples", samples.len());
    // One process parses all as modules, as `node --check` does with a file each.
    let script = "const { SourceTextModule } = require('node:vm');
        let text = '';
        process.stdin.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => {
          for (const [id, code] of JSON.parse(text)) {
            try { new SourceTextModule(code); } catch (error) { console.log(`${id}: ${error.message}`); }
          }
        });";
    let node = Command::new("node")
        .args(["--experimental-vm-modules", "--no-warnings", "-e", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut node) = node else {
        eprintln!("skipped: there is no `node` to parse the samples");
        return;
    };
    let text = serde_json::to_vec(&samples).unwrap();
    node.stdin.take().unwrap().write_all(&text).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
}

/// Whether grep with these options finds something in a line; `None` where there is no grep.
fn finds((options, expression): (&str, &str), line: &str) -> Option<bool> {
    let mut grep = Command::new("grep")
        .args(["-q", options, "--", expression])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    // It may have found it before all is written.
    _ = grep.stdin.take()?.write_all(line.as_bytes());
    let output = grep.wait_with_output().ok()?;
    let (code, stderr) = (output.status.code(), String::from_utf8_lossy(&output.stderr));
    assert!(matches!(code, Some(0 | 1)) && stderr.is_empty(), "{expression}: {stderr}");
    Some(code == Some(0))
}

/// The options and the expression of the first `grep -…E` in a command, which reads a line instead of a folder.
fn expression(command: &str) -> Option<(&str, &str)> {
    let (_, rest) = command.split_once("grep -")?;
    let (options, mut rest) = rest.split_once(' ')?;
    // Behind what says which files are read.
    while rest.starts_with("--") {
        rest = rest.split_once(' ')?.1;
    }
    let quote = rest.chars().next().filter(|quote| options.ends_with('E') && matches!(quote, '\'' | '"'))?;
    let options = if options.contains('i') { "-iE" } else { "-E" };
    Some((options, rest[1..].split(quote).next()?))
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn commands_find_what_the_advice_is_about() {
    let rules = Rules::builtin().unwrap();
    let all = all(&rules);
    if finds(("-E", "x"), "x").is_none() {
        eprintln!("skipped: there is no `grep`");
        return;
    }
    for recommendation in &all {
        let found = recommendation.verify.as_deref().and_then(expression).and_then(|expression| finds(expression, "§"));
        assert_ne!(found, Some(true), "{}: it finds anything", recommendation.id);
    }
    #[rustfmt::skip]
    let table: &[(&str, &[&str], &[&str])] = &[
        ("leoric-queries", &["Post.where('status = ?', 1)", "  .where(", "Post.find({ id })", "await PostModel.findOne(1)", "x.order('id')"], &["Post.where({ status: 'active' })", "items.find((item) => item.id)"]),
        ("mongoose-lean", &["Item.find({ active: true })", "Item.findById(id)"], &["items.find(Boolean)", "list.findOne()"]),
        ("pino-destination", &["pino({ base: null })", "log.child({ id })", "fastify({ logger: true })"], &["logger.info(x)"]),
        ("logging-lines", &["logger.debug(`a ${b}`)", "log.info(JSON.stringify(x))", "fastify({ logger: true })", "console.log(x)"], &["logge.info(`x`)", "logger.info('text')"]),
        ("graphql-documents", &["const d = parse(source)", "jit: 1"], &["JSON.parse(text)", "url.parse(text)"]),
        ("generated-functions", &["new Function('a')", "vm.runInContext(x)", "eval(x)"], &["this.vm.x", "retrieval(x)", "vm.name"]),
        ("json-documents", &["JSON.parse(x)", "await r.json()"], &["json.parse"]),
        ("json-stringify", &["JSON.parse(JSON.stringify(x))", "JSON.stringify(a) === b"], &["JSON.stringify(a)"]),
        ("mysql-rows", &["SELECT * FROM a", "select  * from a"], &["select a from b", "selected"]),
        ("search-results", &["size: 10", "resultSet.stream()"], &["fontsize: 10"]),
        ("bounded-collections", &["new Map()", "new Set<string>()", "new Map([["], &["new MapView()"]),
        ("deep-copies", &["_.merge(a, b)", "import deepEqual", "'deep-equal'", "deepMerge(a)"], &["emerge(a)"]),
        ("minifier", &["new TerserPlugin()", "minify: 'esbuild'"], &["mini"]),
        ("markdown-kept", &["marked.parse(x)", "marked(x)"], &["bookmarked.x"]),
        ("i18n-lookups", &["t('greeting')", "i18n.t('x')", "intl.formatMessage(x)", "$t('x')"], &["set('x')", "split(x)"]),
        ("template-cache", &["Handlebars.compile(source)", "const hb = require('handlebars')", "import nj from 'nunjucks';"], &["compile(x)", "require('./ejs-views')"]),
        ("binary-types", &["import pb from \"protobufjs\"", "protobuf.loadSync(file)"], &["pb.loadSync(file)"]),
        ("zod-schemas", &["import { z } from 'zod'", "require('zod')"], &["from 'zodiac'"]),
        ("memoized-held", &["_.memoize(f)", "memoise(f)"], &["memo(f)"]),
        ("injection-scopes-held", &["const scope = container.createScope()", "scopes.push(scope)", "scope.dispose()"], &["const scope = x"]),
        ("typescript-run", &["\"start\": \"ts-node src/main.ts\"", "\"transpileOnly\": false"], &["\"build\": \"tsc\""]),
        ("application-hot-spot", &["JSON.parse(text)", "structuredClone(x)", "statement.all()", "[...list, x]", "r * 2n", "`a ${b}`", "new Date()", "text += part"], &["Promise.all(list)", "const a = b"]),
        ("iterator-steps", &["for (const m of text.matchAll(RE))", "for (const [key, value] of map) {", "function* pages() {", "const [a, b] = pair"], &["for (let i = 0; i < n; i++) {"]),
        ("service-clients", &["const stripe = new Stripe(key)", "createClient({ space })", "twilio(sid, token)"], &["new Strip(x)", "stripe.charges.list()"]),
        ("syntax-trees-kept", &["acorn.parse(source)", "esprima.parseScript(text)", "parser.astify(sql)"], &["JSON.stringify(x)"]),
        ("grammars-once", &["new ExpressionParser()", "peggy.generate(grammar)", "new Lexer(tokens)"], &["parser.parse(x)"]),
        ("schemas-once", &["const make = () => type({ id: 'string' })", "() => Type.Object({})", "require('arktype')"], &["type Item = string"]),
        ("urls-parsed", &["new URL(req.url, base)", "url.searchParams", "new URLSearchParams(query)"], &["const url = x"]),
        ("styles-fixed", &["styled.td`a`", "styled(Cell)`a`", "css({ margin })", "width: ${(props) => props.w}px"], &["const style = x"]),
        ("emitters-shared", &["class Row extends EventEmitter {", "row.once('removed', f)"], &["once(f)"]),
        ("stack-texts", &["at(err.stack)", "new Error().stack", "Error.captureStackTrace(o)"], &["stack(x)", "new Errors()"]),
        ("child-loggers", &["const l = log.child({ step })"], &["children(x)"]),
        ("expressions-once", &["new RegExp(text, 'i')"], &["/a/.test(x)"]),
        ("date-formats", &["DateTime.fromFormat(x, f)", "moment(text, 'YYYY')", "parse(text, 'yyyy-MM-dd', now)"], &["JSON.parse(text)"]),
        ("vue-proxies", &["reactive({ rows })", "const a = ref(rows)", "shallowRef([])"], &["href=x"]),
        ("knex-streams", &["for (const row of rows) {", "rows.map(async (row) => {", "knex('a')"], &["rows.map((row) => row.id)"]),
        ("koa-routes-built", &["new Router({ prefix })", "router.routes()"], &["route.x"]),
        ("next-pages", &["export const revalidate = 60;", "'use client'", "cookies()"], &["const pages = 1"]),
        ("bot-requests", &["await ctx.reply(text)", "import { Bot } from 'grammy'", "webhookCallback(bot)"], &["const bot = x"]),
        ("policies-enforced", &["await newCachedEnforcer(model)", "e.enforceSync(a, b)"], &["force(x)"]),
        ("model-chunks", &["streamText({ model })", "from 'ai'"], &["stream.text"]),
        ("model-streams", &["streamText({ model })", "from 'ai'"], &["stream.text"]),
        ("formulas-batched", &["sheet.setCellContents(cell, 1)"], &["sheet.x"]),
        ("logged-objects", &["logger.info('x', { order })", "log.debug(x)", "require('winston')"], &["blog.index()"]),
    ];
    for &(id, found, others) in table {
        let recommendation = all.iter().find(|recommendation| recommendation.id == id).expect(id);
        let expression = expression(recommendation.verify.as_deref().unwrap()).expect(id);
        for line in found {
            assert_eq!(finds(expression, line), Some(true), "{id}: {line}");
        }
        for line in others {
            assert_eq!(finds(expression, line), Some(false), "{id}: {line}");
        }
    }
}

/// Projects have their sources in folders of any name.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn commands_read_any_project() {
    let rules = Rules::builtin().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &str| {
        let output = Command::new("sh").args(["-c", command]).current_dir(folder.path()).output().ok()?;
        let told = |bytes| String::from_utf8(bytes).unwrap();
        Some((output.status.code(), told(output.stdout), told(output.stderr)))
    };
    if run("grep --version").is_none_or(|(code, ..)| code != Some(0)) {
        eprintln!("skipped: there is no `grep`");
        return;
    }
    let recommendations = all(&rules);
    let commands = || {
        let verify = recommendations.iter().filter_map(|recommendation| recommendation.verify.as_deref());
        verify.filter(|command| command.contains("grep -r"))
    };
    assert!(commands().count() > 80);
    for command in commands() {
        for part in command.split("grep -r").skip(1) {
            let part = part.split([';', '\n']).next().unwrap().split(" | ").next().unwrap().trim_end();
            assert!(part.contains("--exclude-dir=node_modules") && part.ends_with(" ."), "{command}");
        }
        // Nothing is there, and nothing is wrong.
        if command.starts_with("grep -r") && !command.contains([';', '&']) && !command.contains(" | ") {
            assert_eq!(run(command), Some((Some(1), String::new(), String::new())), "{command}");
        }
    }
    let json = recommendations.iter().find(|recommendation| recommendation.id == "json-documents").unwrap();
    for (file, is_read) in [
        ("index.js", true),
        ("packages/a/source/x.mts", true),
        ("app/page.tsx", true),
        ("node_modules/a/index.js", false),
        ("bundle.js.map", false),
        ("data.json", false),
    ] {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "const value = JSON.parse(text);\n").unwrap();
        let (_, found, _) = run(json.verify.as_deref().unwrap()).unwrap();
        assert_eq!(found.contains(&format!("{file}:1:")), is_read, "{file}: {found}");
    }
}
