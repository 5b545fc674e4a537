using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BootDepot.Catalog.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Uploads : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Conversions",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    FileId = table.Column<int>(type: "INTEGER", nullable: true),
                    SourceSha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Target = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Key = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    FaultCode = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    FaultMessage = table.Column<string>(type: "TEXT", nullable: true),
                    ResultSha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    ResultSize = table.Column<long>(type: "INTEGER", nullable: true),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    Updated = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Conversions", x => x.Id);
                    table.CheckConstraint("CK_Conversions_FaultCode_Length", "length(\"FaultCode\") <= 64");
                    table.CheckConstraint("CK_Conversions_Key_Length", "length(\"Key\") <= 64");
                    table.CheckConstraint("CK_Conversions_ResultSha256_Length", "length(\"ResultSha256\") <= 64");
                    table.CheckConstraint("CK_Conversions_SourceSha256_Length", "length(\"SourceSha256\") <= 64");
                    table.CheckConstraint("CK_Conversions_Target_Length", "length(\"Target\") <= 255");
                    table.ForeignKey(
                        name: "FK_Conversions_Files_FileId",
                        column: x => x.FileId,
                        principalTable: "Files",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "ResumableUploads",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    Owner = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Size = table.Column<long>(type: "INTEGER", nullable: false),
                    Metadata = table.Column<string>(type: "TEXT", nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    ResourceId = table.Column<int>(type: "INTEGER", nullable: true),
                    FaultCode = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    FaultMessage = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ResumableUploads", x => x.Id);
                    table.CheckConstraint("CK_ResumableUploads_FaultCode_Length", "length(\"FaultCode\") <= 64");
                    table.CheckConstraint("CK_ResumableUploads_Id_Length", "length(\"Id\") <= 32");
                    table.CheckConstraint("CK_ResumableUploads_Owner_Length", "length(\"Owner\") <= 255");
                    table.CheckConstraint("CK_ResumableUploads_Sha256_Length", "length(\"Sha256\") <= 64");
                    table.CheckConstraint("CK_ResumableUploads_Size", "\"Size\" >= 0");
                });

            migrationBuilder.CreateTable(
                name: "UploadFacts",
                columns: table => new
                {
                    FileId = table.Column<int>(type: "INTEGER", nullable: false),
                    Force = table.Column<bool>(type: "INTEGER", nullable: false),
                    ConvertTo = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    Found = table.Column<string>(type: "TEXT", nullable: true),
                    Warnings = table.Column<string>(type: "TEXT", nullable: false),
                    FaultCode = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    FaultMessage = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UploadFacts", x => x.FileId);
                    table.CheckConstraint("CK_UploadFacts_ConvertTo_Length", "length(\"ConvertTo\") <= 255");
                    table.CheckConstraint("CK_UploadFacts_FaultCode_Length", "length(\"FaultCode\") <= 64");
                    table.ForeignKey(
                        name: "FK_UploadFacts_Files_FileId",
                        column: x => x.FileId,
                        principalTable: "Files",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Conversions_FileId",
                table: "Conversions",
                column: "FileId");

            migrationBuilder.CreateIndex(
                name: "IX_Conversions_Key",
                table: "Conversions",
                column: "Key");

            migrationBuilder.CreateIndex(
                name: "IX_Conversions_State",
                table: "Conversions",
                column: "State");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Conversions");

            migrationBuilder.DropTable(
                name: "ResumableUploads");

            migrationBuilder.DropTable(
                name: "UploadFacts");
        }
    }
}
