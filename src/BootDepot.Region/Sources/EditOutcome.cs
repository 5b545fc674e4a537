using BootDepot.Region.Api.Answers;

namespace BootDepot.Region.Sources;

/// <summary>What became of an edit that a form asked for.</summary>
internal abstract record EditOutcome<T>
{
    private EditOutcome()
    {
    }

    /// <summary>Done; the object as it is now.</summary>
    public sealed record Done(T Value) : EditOutcome<T>;

    /// <summary>Nothing changed: the form does not fit.</summary>
    public sealed record Invalid(FieldErrors Errors) : EditOutcome<T>;

    /// <summary>Nothing changed: it, or what it belongs to, does not exist.</summary>
    /// <param name="Model">MAAS's class name of what is missing.</param>
    public sealed record Missing(string Model) : EditOutcome<T>;

    /// <summary>Nothing changed: it is another one than the caller saw.</summary>
    public sealed record Changed : EditOutcome<T>;

    /// <summary>Nothing changed: another object with the same identity exists.</summary>
    public sealed record Taken(FieldErrors Errors) : EditOutcome<T>;
}
