namespace BootDepot.Region.Api.Declarations;

/// <summary>A value that an action takes, in the query string (GET, DELETE) or in the body (POST, PUT).</summary>
/// <param name="Name">Its key, case-sensitive.</param>
/// <param name="Type">Word of the description: <c>string</c>, <c>int</c>, <c>number</c>, <c>boolean</c>, <c>file</c>.</param>
/// <param name="IsRequired">Whether leaving it out is an error.</param>
/// <param name="Text">One or more sentences for people.</param>
/// <param name="IsRepeatable">Whether the key may come several times, making a list.</param>
internal sealed record ApiParameter(string Name, string Type, bool IsRequired, string Text, bool IsRepeatable = false)
{
    /// <summary>A value that must be there.</summary>
    public static ApiParameter Required(string name, string type, string text) => new(name, type, true, text);

    /// <summary>A value that may be left out.</summary>
    public static ApiParameter Optional(string name, string type, string text) => new(name, type, false, text);

    /// <summary>A list: the key comes once per element.</summary>
    public static ApiParameter List(string name, string text) => new(name, "string", false, text, IsRepeatable: true);
}
