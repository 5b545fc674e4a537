using System.Security.Cryptography;

namespace BootDepot.Region.Auth;

/// <summary>
/// The letters that API keys are made of: no look-alikes, and nothing that percent-encoding would touch.
/// </summary>
internal static class KeyText
{
    /// <summary>Letters and digits without I, O, i, l, o, 0 and 1.</summary>
    public const string Alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>Length of a consumer or token key.</summary>
    public const int KeyLength = 18;

    /// <summary>Length of a secret: about 185 bits.</summary>
    public const int SecretLength = 32;

    /// <summary>A new consumer or token key.</summary>
    public static string NewKey() => RandomNumberGenerator.GetString(Alphabet, KeyLength);
}
