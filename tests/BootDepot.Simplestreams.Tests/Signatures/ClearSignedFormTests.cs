using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Simplestreams.Tests.Tools;

namespace BootDepot.Simplestreams.Tests.Signatures;

/// <summary>
/// The form of signed messages: what is taken, what is refused, and where gpgv's verdict is another one and why.
/// </summary>
public sealed class ClearSignedFormTests : IDisposable
{
    private const string Text = "{\n \"a\": 1,\n- dashed\n}\n";
    private const string Evil = "{\"index\": \"evil\"}";
    private const string Begin = "-----BEGIN PGP SIGNED MESSAGE-----\n";
    private const string BeginSignature = "-----BEGIN PGP SIGNATURE-----\n";
    private const string Same = "";

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly SigningKey _key = SigningKey.Create(SigningKeyKind.Ed25519, "form", Now);

    public static TheoryData<string> Names() => new(Cases.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_form_of_a_message_is_judged_strictly(string name)
    {
        var test = Cases.Single(c => c.Name == name);
        var message = Encoding.Latin1.GetBytes(test.Make(Sign(Text)));
        var keyring = _key.ExportPublicKey();
        var (code, text) = Ours(message);
        code.ShouldBe(test.Code);
        var gpgvText = Judges.GpgvTextOrNull(keyring, message);
        (gpgvText is not null).ShouldBe(test.GpgvAccepts, $"gpgv's verdict; {test.WhyDifferent}");
        if ((code is null) != test.GpgvAccepts)
            test.WhyDifferent.ShouldNotBeEmpty();
        if (code is null && gpgvText is not null)
            text!.ShouldBe(Encoding.Latin1.GetString(gpgvText).Replace("\r\n", "\n", StringComparison.Ordinal), StringCompareShould.IgnoreLineEndings);
    }

    [Fact]
    public void A_line_of_more_than_a_mebibyte_is_refused()
    {
        var message = Encoding.Latin1.GetBytes(Sign(Text).Replace(" \"a\": 1,", " \"a\": " + new string('1', 1024 * 1024 + 1), StringComparison.Ordinal));
        Ours(message).Code.ShouldBe(StreamErrors.SignatureMalformed);
    }

    [Fact]
    public void Long_lines_are_hashed_whole_where_GnuPG_cuts_them()
    {
        // Made by hand, as the signer refuses such lines: the signature is right, and so must be the verdict.
        var text = Encoding.ASCII.GetBytes("{\"a\": \"" + new string('x', 200_000) + "\"}\n");
        var forged = new ForgedKey();
        var signature = Armor.Encode(forged.SignPacket(SignatureType.Text, text.AsSpan(0, text.Length - 1)), Armor.Signature);
        var message = Encoding.ASCII.GetBytes($"{Begin}Hash: SHA512\n\n{Encoding.ASCII.GetString(text)}{signature}");
        ClearSignedText.Verify(message, Keyring.Parse(forged.Keyring()), new VerificationPolicy(Now)).Text.ToArray().ShouldBe(text);
        message[100_000]++;
        Should.Throw<StreamException>(() => ClearSignedText.Verify(message, Keyring.Parse(forged.Keyring()), new VerificationPolicy(Now)))
            .Code.ShouldBe(StreamErrors.SignatureBad);
    }

    [Fact]
    public void A_binary_signature_inside_a_signed_message_is_refused()
    {
        var forged = new ForgedKey();
        var signature = Armor.Encode(forged.SignPacket(SignatureType.Binary, "a"u8), Armor.Signature);
        var message = Encoding.ASCII.GetBytes($"{Begin}Hash: SHA512\n\na\n{signature}");
        Should.Throw<StreamException>(() => ClearSignedText.Verify(message, Keyring.Parse(forged.Keyring()), new VerificationPolicy(Now)))
            .Code.ShouldBe(StreamErrors.SignatureMalformed);
    }

    [Fact]
    public void Every_changed_byte_of_a_text_is_noticed()
    {
        var message = Encoding.Latin1.GetBytes(Sign(Text));
        var start = Sign(Text).IndexOf("\n\n", StringComparison.Ordinal) + 2;
        var end = Sign(Text).IndexOf(BeginSignature, StringComparison.Ordinal);
        for (var i = start; i < end - 1; i++)
        {
            var tampered = message.ToArray();
            tampered[i] ^= 0x04;
            Ours(tampered).Code.ShouldBeOneOf(StreamErrors.SignatureBad, StreamErrors.SignatureMalformed);
        }
    }

    [Fact]
    public void Every_message_is_refused_at_any_length_but_its_own()
    {
        var message = Encoding.Latin1.GetBytes(Sign(Text).TrimEnd('\n'));
        Ours(message).Code.ShouldBeNull();
        for (var length = 0; length < message.Length; length++)
            Ours(message[..length]).Code.ShouldNotBeNull($"{length} bytes");
    }

    [Fact]
    public void The_text_of_an_unverified_message_still_needs_the_form()
    {
        Encoding.ASCII.GetString(ClearSignedText.ReadWithoutVerifying(Encoding.Latin1.GetBytes(Sign(Text))).Span).ShouldBe(Text);
        Should.Throw<StreamException>(() => ClearSignedText.ReadWithoutVerifying(Encoding.ASCII.GetBytes(Evil))).Code.ShouldBe(StreamErrors.SignatureMissing);
    }

    [Theory]
    [InlineData("no end")]
    [InlineData("blank \n")]
    [InlineData("tab\t\n")]
    [InlineData("carriage\r\n")]
    [InlineData("nul\0\n")]
    public void What_peers_would_read_differently_is_not_signed(string text) =>
        Should.Throw<StreamException>(() => _key.ClearSign(Encoding.ASCII.GetBytes(text), Now)).Code.ShouldBe(StreamErrors.SigningTextUnsuitable);

    [Fact]
    public void A_line_that_GnuPG_would_cut_is_not_signed() =>
        Should.Throw<StreamException>(() => _key.ClearSign(Encoding.ASCII.GetBytes(new string('x', 8001) + "\n"), Now)).Code.ShouldBe(StreamErrors.SigningTextUnsuitable);

    public void Dispose() => _key.Dispose();

    private static IReadOnlyList<FormCase> Cases { get; } =
    [
        new("as it should be", m => m, null, true),
        new("white space around it", m => "\n \t\r\n" + m + "\n\n  \n", null, true),
        new("CRLF line ends", m => m.Replace("\n", "\r\n", StringComparison.Ordinal), null, true),
        new("blanks added at a line end", m => m.Replace("1,\n", "1, \t \n", StringComparison.Ordinal), null, true),
        new("no final newline", m => m.TrimEnd('\n'), null, true),
        new("two hash algorithms announced in one line", m => m.Replace("SHA512", "SHA256, SHA512", StringComparison.Ordinal), null, true),
        new("not signed", _ => Text, StreamErrors.SignatureMissing, false),
        new("empty", _ => "", StreamErrors.SignatureMissing, false),
        new("a captive portal's page", _ => "<html><body>Log in</body></html>\n", StreamErrors.SignatureMissing, false),
        new("text changed", m => m.Replace("1,", "2,", StringComparison.Ordinal), StreamErrors.SignatureBad, false),
        new("white space inside changed", m => m.Replace(": 1", ":  1", StringComparison.Ordinal), StreamErrors.SignatureBad, false),
        new("an empty line added", m => m.Replace("1,\n", "1,\n\n", StringComparison.Ordinal), StreamErrors.SignatureBad, false),
        new("text before", m => Evil + "\n" + m, StreamErrors.SignatureTextOutside, true, "gpgv skips what stands before"),
        new("text after", m => m + Evil + "\n", StreamErrors.SignatureTextOutside, true, "gpgv ignores what stands after"),
        new("two messages", m => m + m, StreamErrors.SignatureTextOutside, false),
        new("a message inside a message", m => Begin + "Hash: SHA512\n\n" + m, StreamErrors.SignatureMalformed, false),
        new("a header line that only begins like one, JSON, an indented marker, then a genuine message",
            m => "-----BEGIN PGP SIGNED MESSAGE----- x\nHash: SHA512\n\n" + Evil + "\n " + BeginSignature + m, StreamErrors.SignatureTextOutside, true, "gpgv skips what stands before; others parse it"),
        new("an exact header line, JSON, an empty signature, then a genuine message",
            m => Begin + "Hash: SHA512\n\n" + Evil + "\n" + BeginSignature + "\n-----END PGP SIGNATURE-----\n" + m, StreamErrors.SignatureTextOutside, false),
        new("an exact header line, a wrong header, then a genuine message",
            m => Begin + Evil + "\n\n" + m, StreamErrors.SignatureMalformed, false),
        new("JSON inside the Hash line", m => m.Replace("Hash: SHA512", "Hash: SHA512, " + Evil, StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("JSON before the blank line", m => m.Replace("Hash: SHA512\n", "Hash: SHA512\n" + Evil + "\n", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("no Hash header", m => m.Replace("Hash: SHA512\n", "", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("another hash announced", m => m.Replace("Hash: SHA512", "Hash: SHA256", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("a Comment header", m => m.Replace("Hash:", "Comment: x\nHash:", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("a Charset header", m => m.Replace("Hash:", "Charset: utf-8\nHash:", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("a NotDashEscaped header", m => m.Replace("Hash:", "NotDashEscaped: yes\nHash:", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("no blank line after the headers", m => m.Replace("SHA512\n\n", "SHA512\n", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("a dash that is not escaped", m => m.Replace("- - dashed", "- dashed", StringComparison.Ordinal), StreamErrors.SignatureBad, false),
        new("a line of dashes that is not escaped", m => m.Replace("- - dashed", "-- dashed", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("a NUL at a line end", m => m.Replace("1,", "1,\0", StringComparison.Ordinal), StreamErrors.SignatureMalformed, true, "gpgv takes a NUL at a line's end for a blank"),
        new("a NUL and text behind it", m => m.Replace("1,", "1,\0 \"evil\": 1,", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("a carriage return inside a line", m => m.Replace(": 1", ":\r1", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("carriage returns doubled at a line end", m => m.Replace("1,\n", "1,\r\r\n", StringComparison.Ordinal), StreamErrors.SignatureMalformed, true, "gpgv takes the carriage returns for blanks"),
        new("a form feed at a line end", m => m.Replace("1,\n", "1,\f\n", StringComparison.Ordinal), StreamErrors.SignatureBad, false),
        new("the signature's marker indented", m => m.Replace(BeginSignature, " " + BeginSignature, StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("a blank after the first marker", m => m.Replace(Begin, Begin.TrimEnd('\n') + " \n", StringComparison.Ordinal), StreamErrors.SignatureTextOutside, true, "markers are whole lines here; the RFC lets blanks follow"),
        new("a damaged checksum", m => m.Replace("\n=", "\n=A", StringComparison.Ordinal), StreamErrors.SignatureMalformed, false),
        new("cut off in the text", m => m[..m.IndexOf("dashed", StringComparison.Ordinal)], StreamErrors.SignatureMalformed, false),
        new("no signature in the armour", m => m[..m.IndexOf(BeginSignature, StringComparison.Ordinal)] + BeginSignature + "\n-----END PGP SIGNATURE-----\n", StreamErrors.SignatureMissing, false),
        new("a public key where the signature belongs", m => m.Replace("PGP SIGNATURE", "PGP PUBLIC KEY BLOCK", StringComparison.Ordinal), StreamErrors.SignatureMalformed, true, "gpgv looks at the packets, not at the armour's name"),
        new("a byte order mark before it", m => "\u00ef\u00bb\u00bf" + m, StreamErrors.SignatureTextOutside, false),
    ];

    private string Sign(string text) => Encoding.Latin1.GetString(_key.ClearSign(Encoding.Latin1.GetBytes(text), Now));

    private (string? Code, string? Text) Ours(byte[] message)
    {
        try
        {
            var verified = ClearSignedText.Verify(message, Keyring.Parse(_key.ExportPublicKey()), new VerificationPolicy(Now));
            return (null, Encoding.Latin1.GetString(verified.Text.Span));
        }
        catch (StreamException e)
        {
            return (e.Code, null);
        }
    }

    private sealed record FormCase(string Name, Func<string, string> Make, string? Code, bool GpgvAccepts, string WhyDifferent = Same);
}
