using BootDepot.Region.Api.Declarations;

namespace BootDepot.Region.Imports;

/// <summary>Shapes of what the import endpoints answer, for the OpenAPI document.</summary>
internal static class ImportShapes
{
    private static readonly ApiShape NullableText = new ApiShape.Scalar("string", null, IsNullable: true);
    private static readonly ApiShape NullableLong = new ApiShape.Scalar("integer", "int64", IsNullable: true);

    private static readonly ApiShape Problem = ApiShape.Named(
        "ImportProblem",
        ("level", ApiShape.PlainText),
        ("subject", ApiShape.PlainText),
        ("code", ApiShape.PlainText),
        ("message", ApiShape.PlainText));

    private static readonly ApiShape File = ApiShape.Named(
        "ImportFile",
        ("sha256", ApiShape.PlainText),
        ("filename", ApiShape.PlainText),
        ("image", ApiShape.PlainText),
        ("size", ApiShape.Long),
        ("received", ApiShape.Long),
        ("state", ApiShape.PlainText),
        ("code", NullableText),
        ("message", NullableText),
        ("retry_at", NullableText));

    /// <summary>One run, live or past.</summary>
    public static readonly ApiShape Run = ApiShape.Named(
        "Import",
        ("id", ApiShape.Int),
        ("state", ApiShape.PlainText),
        ("phase", ApiShape.PlainText),
        ("trigger", ApiShape.PlainText),
        ("requested_by", NullableText),
        ("started", ApiShape.PlainText),
        ("ended", NullableText),
        ("planned_bytes", ApiShape.Long),
        ("received_bytes", ApiShape.Long),
        ("fetched_bytes", ApiShape.Long),
        ("planned_sets", ApiShape.Int),
        ("published_sets", ApiShape.Int),
        ("files?", new ApiShape.ListOf(File)),
        ("problems", new ApiShape.ListOf(Problem)),
        ("resource_uri", ApiShape.PlainText));

    /// <summary>What asking for an import came to.</summary>
    public static readonly ApiShape Start = ApiShape.Named(
        "ImportStart", ("id", new ApiShape.Scalar("integer", "int32", IsNullable: true)), ("joined", ApiShape.Bool));

    private static readonly ApiShape PlannedFile = ApiShape.Named(
        "PlannedFile",
        ("filename", ApiShape.PlainText),
        ("filetype", ApiShape.PlainText),
        ("sha256", ApiShape.PlainText),
        ("size", ApiShape.Long));

    private static readonly ApiShape Fetch = ApiShape.Named(
        "PlannedFetch",
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("version", ApiShape.PlainText),
        ("label", ApiShape.PlainText),
        ("source", ApiShape.PlainText),
        ("bytes", ApiShape.Long),
        ("files", new ApiShape.ListOf(PlannedFile)));

    private static readonly ApiShape Keep = ApiShape.Named(
        "PlannedKeep",
        ("set", ApiShape.Int),
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("version", ApiShape.PlainText),
        ("reason", ApiShape.PlainText));

    private static readonly ApiShape Retire = ApiShape.Named(
        "PlannedRetirement",
        ("set", ApiShape.Int),
        ("name", ApiShape.PlainText),
        ("architecture", ApiShape.PlainText),
        ("version", ApiShape.PlainText),
        ("reason", ApiShape.PlainText),
        ("after", NullableText));

    /// <summary>What an import would do.</summary>
    public static readonly ApiShape Plan = ApiShape.Named(
        "ImportPlan",
        ("bytes_to_fetch", ApiShape.Long),
        ("free_bytes", NullableLong),
        ("fetch", new ApiShape.ListOf(Fetch)),
        ("keep", new ApiShape.ListOf(Keep)),
        ("retire", new ApiShape.ListOf(Retire)),
        ("problems", new ApiShape.ListOf(Problem)));
}
