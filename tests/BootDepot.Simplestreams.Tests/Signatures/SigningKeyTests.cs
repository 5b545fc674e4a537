using System;
using System.Text;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Simplestreams.Tests.Tools;

namespace BootDepot.Simplestreams.Tests.Signatures;

public sealed class SigningKeyTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly VerificationPolicy Policy = new(Now);
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("{\n \"a\": \"é\",\n- dash\nFrom here\n\n}\n");

    [Theory]
    [InlineData(SigningKeyKind.Rsa4096)]
    [InlineData(SigningKeyKind.Ed25519)]
    public void What_we_sign_every_implementation_accepts(SigningKeyKind kind)
    {
        using var key = SigningKey.Create(kind, "BootDepot test", Now);
        var keyring = key.ExportPublicKey();
        var message = key.ClearSign(Text, Now);
        var signature = key.SignDetached(Text, Now);

        var verified = ClearSignedText.Verify(message, Keyring.Parse(keyring), Policy);
        verified.Text.ToArray().ShouldBe(Text);
        verified.Signature.Key.ShouldBe(key.Fingerprint);
        DetachedSignature.Verify(signature, Text, Keyring.Parse(keyring), Policy).Key.ShouldBe(key.Fingerprint);

        Judges.GpgvTextOrNull(keyring, message).ShouldBe(Text);
        Judges.GpgvAccepts(keyring, signature, Text).ShouldBeTrue();
        Judges.SqvAccepts(keyring, signature, Text).ShouldBeTrue();
        Judges.GpgAccepts(keyring, message).ShouldBeTrue();
        Judges.GpgAccepts(keyring, signature, Text).ShouldBeTrue();
    }

    [Theory]
    [InlineData(SigningKeyKind.Rsa4096)]
    [InlineData(SigningKeyKind.Ed25519)]
    public void A_saved_key_is_the_same_key_when_loaded(SigningKeyKind kind)
    {
        using var key = SigningKey.Create(kind, "BootDepot test", Now);
        using var loaded = SigningKey.Load(key.ExportSecretKey());
        loaded.ExportPublicKey().ShouldBe(key.ExportPublicKey());
        loaded.CreatedAt.ShouldBe(key.CreatedAt);
        loaded.UserId.ShouldBe("BootDepot test");
        loaded.ExportSecretKey().ShouldBe(key.ExportSecretKey());
        DetachedSignature.Verify(loaded.SignDetached(Text, Now), Text, Keyring.Parse(key.ExportPublicKey()), Policy).Key.ShouldBe(key.Fingerprint);
    }

    [Theory]
    [InlineData(SigningKeyKind.Rsa4096)]
    [InlineData(SigningKeyKind.Ed25519)]
    public void GnuPG_can_sign_with_a_key_that_we_saved(SigningKeyKind kind)
    {
        using var key = SigningKey.Create(kind, "BootDepot test", Now);
        using var gpg = new GnuPg();
        gpg.Import(key.ExportSecretKey());
        var signature = gpg.SignDetached(Text, key.Fingerprint.Hex);
        DetachedSignature.Verify(signature, Text, Keyring.Parse(key.ExportPublicKey()), Policy).Key.ShouldBe(key.Fingerprint);
    }
}
