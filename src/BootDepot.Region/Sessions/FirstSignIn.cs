using System.Buffers.Text;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;
using BootDepot.Images;
using BootDepot.Region.Auth;
using BootDepot.Region.Hosting;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Sessions;

/// <summary>
/// How a new region gets its first password: whoever starts it is shown a link with a secret, which works until an
/// administrator has a password. The secret is a file of mode 0600 beside the keys; who can read that could make an
/// administrator anyway. Being on the same machine is not enough: a proxy is there, too.
/// </summary>
internal sealed class FirstSignIn(CatalogDatabase catalog, DataFolder data, UserAdministration users)
{
    /// <summary>Fewest characters of a password that is set in the browser.</summary>
    public const int MinPasswordLength = 10;

    private const int SecretLength = 24;

    /// <summary>Whether no active administrator has a password yet.</summary>
    public async Task<bool> IsNeededAsync(CancellationToken cancel)
    {
        await using var db = await catalog.CreateDbContextAsync(cancel);
        return !await db.Users.AnyAsync(u => u.IsSuperuser && u.IsActive && u.PasswordHash != null, cancel);
    }

    /// <summary>The secret, made when there is none; null when it is not needed, and then there is no file either.</summary>
    public async Task<string?> SecretOrNullAsync(CancellationToken cancel)
    {
        if (!await IsNeededAsync(cancel))
        {
            File.Delete(data.FirstSignIn);
            return null;
        }

        if (!File.Exists(data.FirstSignIn))
            await CreateAsync(cancel);
        return (await File.ReadAllTextAsync(data.FirstSignIn, cancel)).Trim();
    }

    /// <summary>Sets the first administrator's password. Refusals: <c>first-sign-in-over</c>, <c>first-sign-in-wrong</c>, <c>password-too-short</c>.</summary>
    public async Task<Outcome<UserFacts>> SetPasswordAsync(string secret, string password, Actor actor, CancellationToken cancel)
    {
        if (await SecretOrNullAsync(cancel) is not { } right)
            return new Fault("first-sign-in-over", "An administrator has a password already. Sign in with it.");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(secret)))
        {
            return new Fault(
                "first-sign-in-wrong",
                "This link is not the one that the region printed at its last start. Look for the line 'First sign-in' in its output.");
        }

        if (PasswordFault(password) is { } weak)
            return weak;
        await using (var db = await catalog.CreateDbContextAsync(cancel))
        {
            if (!await db.Users.AnyAsync(u => u.Username == FirstStart.AdminName && u.IsSuperuser && u.IsActive, cancel))
                return await users.CreateAsync(FirstStart.AdminName, "", password, isAdmin: true, actor, cancel);
        }

        var outcome = await users.SetPasswordAsync(FirstStart.AdminName, password, actor, cancel);
        if (outcome is Outcome<UserFacts>.Done)
            File.Delete(data.FirstSignIn);
        return outcome;
    }

    /// <summary>What is wrong with a password; null when nothing is.</summary>
    public static Fault? PasswordFault(string password) => password.Length < MinPasswordLength
        ? new Fault("password-too-short", $"Take at least {MinPasswordLength} characters.")
        : null;

    private async Task CreateAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(data.Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var file = new FileStream(data.FirstSignIn, options);
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretLength));
        await file.WriteAsync(Encoding.ASCII.GetBytes(secret), cancel);
    }
}
