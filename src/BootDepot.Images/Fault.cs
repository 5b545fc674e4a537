namespace BootDepot.Images;

/// <summary>
/// Why something did not work, for the person who can change it.
/// </summary>
/// <param name="Code">Stable, lower case with dashes; listed with its meaning and fix in docs/error-codes.md.</param>
/// <param name="Message">What was wrong, with the value, and what to do. No secret.</param>
public sealed record Fault(string Code, string Message);
