namespace BootDepot.Serving;

/// <summary>Values of Cache-Control (RFC 9111; <c>immutable</c>: RFC 8246).</summary>
internal static class Caching
{
    /// <summary>The bytes under this URL never change: any cache may keep them for a year and need not ask again.</summary>
    public const string Forever = "public, max-age=31536000, immutable";

    /// <summary>A cache may keep it, but asks whether it changed before each use.</summary>
    public const string AskEachTime = "no-cache";
}
