namespace BootDepot.Images;

/// <summary>How much a <see cref="Problem"/> matters.</summary>
public enum ProblemLevel
{
    /// <summary>Left out on purpose, as every importer of this kind does; nothing is missing.</summary>
    Note = 0,

    /// <summary>Something that was offered could not be taken; what is held is whole.</summary>
    Warning = 1,

    /// <summary>Something that should be held is missing.</summary>
    Error = 2,
}

/// <summary>Something that did not go as the operator may expect.</summary>
/// <param name="Level">How much it matters.</param>
/// <param name="Subject">What it is about: a source's URL, a product name, <c>product version item</c>, an image.</param>
/// <param name="Fault">Why, and what to do.</param>
public sealed record Problem(ProblemLevel Level, string Subject, Fault Fault);
