namespace BootDepot.Region.Auth;

/// <summary>What became of a request's credentials.</summary>
internal abstract record AuthOutcome
{
    private AuthOutcome()
    {
    }

    /// <summary>The key is good and its user active.</summary>
    public sealed record Accepted(Identity Identity) : AuthOutcome;

    /// <summary>No credentials, or not all parts of them.</summary>
    public sealed record Absent : AuthOutcome;

    /// <summary>Signed, but refused: 401.</summary>
    /// <param name="Text">What the client is told after <c>Authorization Error: </c>; no secret in it.</param>
    public sealed record Refused(string Text) : AuthOutcome;

    /// <summary>The parameters cannot be read: 400.</summary>
    public sealed record Malformed(string Text) : AuthOutcome;

    /// <summary>A browser that is signed in, but another site may have made it send this: 403.</summary>
    public sealed record Forged : AuthOutcome;

    /// <summary>A good key of a user that was switched off: 403.</summary>
    public sealed record Inactive : AuthOutcome;
}
